import type { Genesis } from "../log/commit.js"
import type { Verdicts } from "../log/verdicts.js"
import type { Fault, FaultCode } from "../ports/faults.js"
import type { Checkpoint } from "../ports/viewStore.js"
import type { DeadLetter } from "./chain.js"
import type { ComparedLake } from "./compareLake.js"
import type { Finding, Findings } from "./findings.js"
import { type GoldTexts, goldTexts } from "./gold.js"
import type { FrozenAggregate, Population } from "./invariants.js"
import type { LogProof } from "./logProof.js"

/** How much of the views was compared with the log. */
export interface Compared {
  readonly documents: number
  readonly keys: number
  readonly guilds: number
  /** On all leaderboards, at most the best 10,000 of each. */
  readonly scores: number
}

/** What an audit found, as `guildhall audit --json` prints it. Gold sums are texts: they may be beyond 2^53. */
export interface AuditReport {
  /** Nothing was found, and everything could be proved. */
  readonly ok: boolean
  readonly realm: number
  readonly logId: string
  /** The log was proved up to this offset (exclusive). */
  readonly provedTo: number
  /** The views' checkpoint at the start; null: there are no views. */
  readonly checkpoint: number | null
  /** Why views of this log were not compared: another build made them. Says what is needed. */
  readonly needs: { readonly code: FaultCode; readonly message: string } | null
  readonly verdicts: Readonly<Verdicts>
  /** The first ones; `verdicts.dead` counts all. */
  readonly deadLetters: readonly DeadLetter[]
  readonly players: number
  readonly guilds: number
  readonly frozen: readonly FrozenAggregate[]
  readonly gold: GoldTexts & { readonly total: string }
  /** Null: there were no views of this log to compare. */
  readonly compared: Compared | null
  /** Null: there was no lake of this log to compare. */
  readonly lake: ComparedLake | null
  readonly findings: {
    readonly count: number
    readonly byKind: Readonly<Record<string, number>>
    /** The first ones. */
    readonly shown: readonly Finding[]
  }
}

export interface ReportParts {
  readonly genesis: Genesis
  readonly proof: LogProof
  readonly population: Population
  readonly findings: Findings
  readonly checkpoint: Checkpoint | null
  readonly other: Fault | null
  readonly compared: Compared | null
  readonly lake: ComparedLake | null
}

export function reportOf(parts: ReportParts): AuditReport {
  const { genesis, proof, population, findings, checkpoint, other, compared, lake } = parts
  const total = [...population.players.values()].reduce((sum, { gold }) => sum + BigInt(gold), 0n)
  return {
    ok: findings.count === 0 && other === null,
    realm: genesis.realm,
    logId: genesis.logId,
    provedTo: proof.fold.offset,
    checkpoint: checkpoint?.offset ?? null,
    needs: other === null ? null : { code: other.code, message: other.message },
    verdicts: proof.chain.verdicts,
    deadLetters: proof.chain.deadLetters,
    players: population.players.size,
    guilds: population.guilds.size,
    frozen: population.frozen,
    gold: { total: `${total}`, ...goldTexts(proof.gold.account) },
    compared,
    lake,
    findings: { count: findings.count, byKind: findings.byKind, shown: findings.shown },
  }
}
