import type { Aggregate } from "../domain/aggregates.js"
import type { Log, LogRecord } from "../ports/log.js"
import { type Decoded, decode, recordHash } from "./codec.js"
import type { Envelope, Genesis } from "./commit.js"
import { type CommitEffect, effectOf } from "./effect.js"
import { Judge, type Verdict } from "./judge.js"
import { keyStep } from "./keyTime.js"
import { markBefore, type RecordMark } from "./recordMark.js"

/** A record with its verdict, as every reader of the log gets it. */
export interface Judged {
  readonly offset: number
  /** Append time: the events' time (R11), in milliseconds since 1970. For a hole: that of the last record before it. */
  readonly at: number
  /** How far key time moves from the previous record to this one, in milliseconds (R22). */
  readonly keyStep: number
  /** The record's bytes; 0 for a hole. */
  readonly size: number
  /** The record's hash; for a hole: that of the last record before it (R10). */
  readonly hash: string
  /** `genesis` and `dead` (not one of our records) are void too, but are not commits. */
  readonly verdict: Verdict | "genesis" | "dead"
  /** Without its events, which only `effect` keeps: kept twice, they would take half as much memory again. */
  readonly commit: Envelope | null
  /** The aggregates whose link the commit became. */
  readonly linked: readonly Aggregate[]
  /** What an effective commit did; null for all others. */
  readonly effect: CommitEffect | null
  /** Why a dead record is dead. */
  readonly reason: string | null
}

export interface JudgedBatch {
  readonly records: readonly Judged[]
  readonly head: number
}

/**
 * The one way to read the log (R6): starts the judge `lagMax` records earlier and yields every record from `from` on,
 * judged, without end. Batches may be empty while the judge warms up. Throws what `Log.read` throws.
 */
export async function* readJudged(
  log: Log,
  genesis: Genesis,
  from: number,
  signal: AbortSignal,
): AsyncGenerator<JudgedBatch, void> {
  // One record more than the judge needs: the first record yielded needs the time of the one before it.
  const start = Math.max(0, from - genesis.lagMax - 1)
  const reader = new JudgedReader(genesis.lagMax)
  for await (const { records, head } of log.read(start, signal)) {
    const [first] = records
    const unmarked = first !== undefined && first.bytes.length === 0 && reader.last === null
    if (unmarked && start > 0) reader.last = await markBefore(log, start, signal)
    const judged = records.map(record => reader.next(record)).filter(({ offset }) => offset >= from)
    yield { records: judged, head }
  }
}

class JudgedReader {
  readonly #judge: Judge
  /** The last record that was not a hole. */
  last: RecordMark | null = null

  constructor(lagMax: number) {
    this.#judge = new Judge(lagMax)
  }

  next(record: LogRecord): Judged {
    const { offset, bytes } = record
    const before = this.last
    const isHole = bytes.length === 0
    const mark = isHole && before !== null ? before : { hash: recordHash(bytes), at: record.at }
    this.last = mark
    const { verdict, commit, linked, effect, reason } = this.#verdictOn(offset, decode(bytes))
    // One object literal: built by spreads it would take four times the memory, and the tail keeps many of these.
    return {
      offset,
      at: mark.at,
      keyStep: keyStep(before?.at ?? mark.at, mark.at),
      size: bytes.length,
      hash: mark.hash,
      verdict,
      commit,
      linked,
      effect,
      reason,
    }
  }

  #verdictOn(offset: number, decoded: Decoded): Found {
    if (decoded.kind === "dead") return noCommit("dead", decoded.reason)
    if (decoded.kind === "genesis") {
      return offset === 0 ? noCommit("genesis", null) : noCommit("dead", "a genesis that came too late")
    }
    const { id, seen, at, on } = decoded.commit
    const { verdict, linked } = this.#judge.judge(offset, decoded.commit)
    return {
      verdict,
      commit: { id, seen, at, on },
      linked: linked as readonly Aggregate[],
      effect: verdict === "effective" ? effectOf(decoded.commit) : null,
      reason: null,
    }
  }
}

type Found = Pick<Judged, "verdict" | "commit" | "linked" | "effect" | "reason">

function noCommit(verdict: "genesis" | "dead", reason: string | null): Found {
  return { verdict, commit: null, linked: [], effect: null, reason }
}
