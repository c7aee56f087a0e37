import type { Aggregate } from "../domain/aggregates.js"
import type { Genesis } from "../log/commit.js"
import type { Judged } from "../log/judged.js"
import type { Log } from "../ports/log.js"
import type { Document } from "../projections/document.js"
import { ChainProof } from "./chain.js"
import type { Findings } from "./findings.js"
import { AuditFold } from "./fold.js"
import { GoldLedger } from "./gold.js"
import { LogReader } from "./logReader.js"
import { SwordLedger } from "./swords.js"

/** What is derived from the log alone, from offset 0 forward. */
export class LogProof {
  readonly fold: AuditFold
  readonly chain: ChainProof
  readonly gold = new GoldLedger()
  readonly swords = new SwordLedger()
  readonly #reader: LogReader

  /** `keyRetention` in milliseconds of key time. */
  constructor(log: Log, genesis: Genesis, keyRetention: number, findings: Findings) {
    this.fold = new AuditFold(keyRetention)
    this.chain = new ChainProof(findings, keyRetention)
    this.#reader = new LogReader(log, genesis, 0)
  }

  /** Reads forward to an offset (exclusive); does nothing when already there. Throws what `LogReader.upTo` throws. */
  async to(offset: number, progress: (done: number, total: number) => void = () => {}): Promise<void> {
    for await (const records of this.#reader.upTo(offset)) {
      for (const record of records) this.#take(record)
      progress(this.#reader.position, offset)
    }
  }

  close(): Promise<void> {
    return this.#reader.close()
  }

  #take(record: Judged): void {
    const { fold, chain, gold, swords } = this
    const document = (aggregate: Aggregate): Document => fold.document(aggregate)
    chain.take(record, fold.keyTime + record.keyStep, document)
    fold.take(record)
    gold.take(record, document)
    swords.take(record, document)
  }
}
