import { Fault } from "../ports/faults.js"
import type { Log, LogRecord } from "../ports/log.js"
import { decode, encodeGenesis, FORMAT } from "./codec.js"
import { type Genesis, LAG_MAX } from "./commit.js"

export interface GenesisOptions {
  readonly realm: number
  readonly lagMax?: number
  /** Makes a random id for a new log. */
  readonly newId: () => string
  readonly signal: AbortSignal
}

/**
 * The genesis of a log; an empty log is given one first. Idempotent, and safe to race: the record at offset 0
 * counts, any later genesis is void (R9). Throws LOG_TRUNCATED when the log's first record is gone or is not one of
 * ours, and what the log throws.
 */
export async function openGenesis(log: Log, options: GenesisOptions): Promise<Genesis> {
  const { start, head } = await log.bounds()
  assertBeginning(start)
  if (head === 0) await log.append([encodeGenesis(newGenesis(options))])
  const record = await firstRecord(log, options.signal)
  const decoded = decode(record.bytes)
  if (decoded.kind !== "genesis") {
    const found = decoded.kind === "dead" ? decoded.reason : "a commit"
    throw truncated(
      `expected a genesis at offset 0, found something else (${found}): is this another program's log?`,
    )
  }
  return checked(decoded.genesis, options.realm)
}

/** A log must keep all of its records. Throws LOG_TRUNCATED when its first ones are gone. */
export function assertBeginning(start: number): void {
  if (start === 0) return
  throw truncated(`its first record is gone: expected the log to start at offset 0, it starts at ${start}`)
}

function newGenesis({ realm, lagMax = LAG_MAX, newId }: GenesisOptions): Genesis {
  return { logId: newId(), realm, lagMax, format: FORMAT }
}

async function firstRecord(log: Log, signal: AbortSignal): Promise<LogRecord> {
  for await (const { records } of log.read(0, signal)) {
    const [first] = records
    if (first !== undefined) return first
  }
  throw new Fault("SHUTTING_DOWN", "stopped while the log's first record was read")
}

function checked(genesis: Genesis, realm: number): Genesis {
  if (genesis.realm !== realm) {
    throw truncated(`its genesis is of realm ${genesis.realm}, expected realm ${realm} (setting REALM)`)
  }
  if (genesis.format > FORMAT) {
    const message = `the log has format ${genesis.format}; this build reads up to ${FORMAT}`
    throw new Fault("NEEDS_NEWER_BUILD", message)
  }
  return genesis
}

function truncated(what: string): Fault {
  return new Fault("LOG_TRUNCATED", `the log is not what it was: ${what}`)
}
