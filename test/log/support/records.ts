import { crc32 } from "node:zlib"

/** A record with a valid checksum around any JSON text or value, right or wrong. */
export function record(json: unknown): Uint8Array {
  const text = typeof json === "string" ? json : JSON.stringify(json)
  return Buffer.from(`${crc32(text).toString(16).padStart(8, "0")} ${text}`)
}
