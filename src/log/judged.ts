import type { Aggregate } from "../domain/aggregates.js"
import type { Log, LogRecord } from "../ports/log.js"
import { decode, recordHash } from "./codec.js"
import type { Commit, Genesis } from "./commit.js"
import { type Effect, effectOf } from "./effect.js"
import { Judge, type Verdict } from "./judge.js"
import { keyStep } from "./keyTime.js"

/** A record with its verdict, as every reader of the log gets it. */
export interface Judged {
  readonly offset: number
  /** Append time: the events' time (R11), in milliseconds since 1970. */
  readonly at: number
  /** How far key time moves from the record before to this one, in milliseconds (R22). */
  readonly keyStep: number
  /** Bytes of the record. */
  readonly size: number
  readonly hash: string
  /** `genesis` and `dead` (no record of ours) are void too, but no commits. */
  readonly verdict: Verdict | "genesis" | "dead"
  readonly commit: Commit | null
  /** The aggregates whose link the commit became. */
  readonly linked: readonly Aggregate[]
  /** What an effective commit did; null for all others. */
  readonly effect: Effect | null
  /** Why a dead record is dead. */
  readonly reason: string | null
}

export interface JudgedBatch {
  readonly records: readonly Judged[]
  readonly head: number
}

/**
 * The one way to read the log (R6): starts the judge `lagMax` records earlier and yields every record from `from` on,
 * judged, without end. Batches may be empty while it warms up. Throws what `Log.read` throws.
 */
export async function* readJudged(
  log: Log,
  genesis: Genesis,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<JudgedBatch, void> {
  const reader = new JudgedReader(genesis.lagMax)
  // One record more than the judge needs: the first one yielded needs the time of the record before.
  const start = Math.max(0, from - genesis.lagMax - 1)
  for await (const { records, head } of log.read(start, signal)) {
    const judged = records.map(record => reader.next(record)).filter(({ offset }) => offset >= from)
    yield { records: judged, head }
  }
}

class JudgedReader {
  readonly #judge: Judge
  #before: number | null = null

  constructor(lagMax: number) {
    this.#judge = new Judge(lagMax)
  }

  next({ offset, at, bytes }: LogRecord): Judged {
    const step = keyStep(this.#before ?? at, at)
    this.#before = at
    const place = { offset, at, keyStep: step, size: bytes.length, hash: recordHash(bytes) }
    const decoded = decode(bytes)
    if (decoded.kind === "commit") return { ...place, ...this.#judged(offset, decoded.commit) }
    const none = { commit: null, linked: [], effect: null }
    if (decoded.kind === "dead") return { ...place, ...none, verdict: "dead", reason: decoded.reason }
    if (offset === 0) return { ...place, ...none, verdict: "genesis", reason: null }
    return { ...place, ...none, verdict: "dead", reason: "a genesis that came too late" }
  }

  #judged(offset: number, commit: Commit) {
    const { verdict, linked } = this.#judge.judge(offset, commit)
    const effect = verdict === "effective" ? effectOf(commit) : null
    return { commit, verdict, linked: linked as readonly Aggregate[], effect, reason: null }
  }
}
