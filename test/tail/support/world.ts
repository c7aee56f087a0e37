import { newParts } from "../../../src/app/realm.js"
import type { RealmSizes } from "../../../src/app/realmParts.js"
import { encodeCommit } from "../../../src/log/codec.js"
import type { Commit } from "../../../src/log/commit.js"
import type { Judged } from "../../../src/log/judged.js"
import { SILENT } from "../../../src/ports/logger.js"
import type { Checkpoint } from "../../../src/ports/viewStore.js"
import { generationName } from "../../../src/projections/checkpointText.js"
import { FOLD_VERSION } from "../../../src/projections/foldVersion.js"
import { project } from "../../../src/projections/projection.js"
import type { StateReader } from "../../../src/projections/stateReader.js"
import type { ViewStoreHealth } from "../../../src/projections/viewStoreHealth.js"
import type { Feed } from "../../../src/tail/feed.js"
import type { Tail } from "../../../src/tail/tail.js"
import { FakeClock, seeded } from "../../fakes/clock.js"
import { FakeLogServer } from "../../fakes/logServer.js"
import { FakeViewServer } from "../../fakes/viewStore.js"
import { TEST_LAG_MAX } from "../../log/support/judging.js"
import { genesisOf, judgedFrom, RecordedLog, recordsOf } from "../../log/support/recordedLog.js"
import { realmSettings } from "../../support/realm.js"

export const KEY_RETENTION = 100_000

/**
 * The parts of one process, none of them started, over a log and a store that the test writes; the test moves the clock.
 * A whole realm would read both by itself: its watches look at the store and report the log's head.
 */
export class TailWorld {
  readonly clock = new FakeClock(0)
  readonly logServer = new FakeLogServer({ clock: this.clock, random: seeded(1) })
  readonly viewServer = new FakeViewServer({ clock: this.clock, random: seeded(2) })
  readonly store = this.viewServer.connect("views")
  readonly genesis = genesisOf(TEST_LAG_MAX)
  readonly tail: Tail
  readonly views: StateReader
  readonly probe: ViewStoreHealth
  readonly feed: Feed

  constructor({ from = 0, ...sizes }: RealmSizes & { readonly from?: number } = {}) {
    const { clock, store: viewStore, genesis } = this
    const tools = { clock, random: seeded(3), newId: () => "id", logger: SILENT }
    const [log, read] = [this.logServer.connect("process"), this.logServer.connect("tail")]
    log.read = (offset, signal) => read.read(offset, signal)
    const ports = { log, viewStore, lake: null, ...tools }
    const bounds = { bufferBytesMax: 1_000_000, ...sizes }
    const parts = newParts(ports, realmSettings({ sizes: bounds }), { genesis, from })
    this.tail = parts.tail
    this.views = parts.stateReader
    this.probe = parts.viewStoreHealth
    this.feed = parts.feed
    this.logServer.store(recordsOf(TEST_LAG_MAX, []))
  }

  /** Appends records; a started tail reads them. */
  async append(records: readonly (Commit | Uint8Array)[]): Promise<void> {
    this.logServer.store(records.map(one => (one instanceof Uint8Array ? one : encodeCommit(one))))
    await this.clock.run(0)
  }

  /** The tail no longer gets what is appended, until `goOn`. */
  holdTail(): void {
    this.logServer.cut("tail")
  }

  goOn(): void {
    this.logServer.heal("tail")
  }

  /** Brings the views to an offset, or to the head. `changed` may lie about the checkpoint. */
  async project(upTo = this.logServer.records.length, changed: Partial<Checkpoint> = {}): Promise<void> {
    const judged = await this.judged()
    const { checkpoint: from } = this.viewServer.data(0).read(FOLD_VERSION, { documents: [], keys: [] })
    const records = judged.slice(from?.offset ?? 0, upTo)
    const documents = { aggregates: new Map(), purchases: new Map() }
    // From nothing each time: the documents are absolute.
    if (from !== null) project(judged.slice(0, from.offset), documents, this.#place(null))
    const { to, writes } = project(records, documents, this.#place(from))
    this.viewServer.data(0).swap(from, { ...to, ...changed }, writes)
  }

  judged(): Promise<Judged[]> {
    const { records } = this.logServer
    const bytes = records.map(record => record.bytes)
    const log = new RecordedLog(bytes, { at: offset => records[offset]?.at ?? 0 })
    return judgedFrom(log, TEST_LAG_MAX, 0)
  }

  #place(from: Checkpoint | null) {
    const generation = generationName(FOLD_VERSION, 1)
    return { genesis: this.genesis, generation, from, keyRetention: KEY_RETENTION }
  }
}
