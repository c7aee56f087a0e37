import { Buffer } from "node:buffer"

/** Longer than any that this build makes. */
const LENGTH_MAX = 256

/** A position or cursor as clients see it: opaque, base64url. */
export function opaqueText(text: string): string {
  return Buffer.from(text).toString("base64url")
}

/** What an opaque text contains; empty if it is too long. */
export function readOpaqueText(opaque: string): string {
  return opaque.length > LENGTH_MAX ? "" : Buffer.from(opaque, "base64url").toString()
}
