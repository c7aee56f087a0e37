import { readdirSync, readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import type { Aggregate } from "../../../src/domain/aggregates.js"
import type { Decoded } from "../../../src/log/codec.js"
import type { Document } from "../../../src/projections/document.js"
import type { Purchases } from "../../../src/projections/purchases.js"

/** What a golden record must become: see test/golden/README.md. */
export interface GoldenTwin {
  readonly about: string
  readonly decoded: Decoded
  /** The record as an effective commit at this offset, on the documents before it. */
  readonly fold?: {
    readonly offset: number
    readonly at: number
    readonly before: Readonly<Record<Aggregate, Document>>
    readonly after: Readonly<Record<Aggregate, Document>>
    /** By player id, starting with none; only where the record has purchases. */
    readonly purchases?: Readonly<Record<string, Purchases>>
  }
}

export interface Golden {
  readonly name: string
  readonly bytes: Uint8Array
  readonly twin: GoldenTwin
}

const folder = fileURLToPath(new URL("../../golden/commits/", import.meta.url))

export const goldenCommits: readonly Golden[] = readdirSync(folder)
  .filter(file => file.endsWith(".record"))
  .map(file => file.slice(0, -".record".length))
  .map(name => ({
    name,
    bytes: readFileSync(`${folder}${name}.record`),
    twin: JSON.parse(readFileSync(`${folder}${name}.json`, "utf8")),
  }))
