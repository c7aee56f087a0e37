import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { randomId, systemClock } from "../../src/adapters/system/clock.js"
import { checkAgainstLog } from "../../src/log/checkpoint.js"
import { recordHash } from "../../src/log/codec.js"
import type { Genesis } from "../../src/log/commit.js"
import { openGenesis } from "../../src/log/genesis.js"
import { type Judged, readJudged } from "../../src/log/judged.js"
import type { Log } from "../../src/ports/log.js"
import type { Checkpoint } from "../../src/ports/viewStore.js"
import { FOLD_VERSION } from "../../src/projections/foldVersion.js"
import { Projector } from "../../src/projections/projector.js"
import { seeded } from "../fakes/clock.js"
import { FakeViewServer } from "../fakes/viewStore.js"
import { KeptLogger } from "../support/keptLogger.js"
import {
  deleteTopic,
  foreignTransaction,
  freshTopic,
  openTestLog,
  type Transaction,
} from "./support/kafka.js"

const { signal } = new AbortController()

let topic: string
let genesis: Genesis
let opened: Log[]
let views: FakeViewServer

/** Another process: it knows nothing of what the others have read. */
async function connect(): Promise<Log> {
  const log = await openTestLog({ topic })
  opened.push(log)
  return log
}

beforeEach(async () => {
  topic = freshTopic()
  opened = []
  views = new FakeViewServer({ clock: systemClock, random: seeded(1) })
  genesis = await openGenesis(await connect(), { realm: 0, newId: randomId, signal })
})

afterEach(async () => {
  for (const log of opened) await log.close()
  await deleteTopic(topic)
})

type End = (transaction: Transaction) => Promise<void>

describe.each<[string, End]>([
  ["commits", transaction => transaction.commit()],
  ["aborts", transaction => transaction.abort()],
  ["leaves to the broker, which aborts it", async () => {}],
])("behind the marker of a transaction that somebody else %s", (_, end) => {
  test("the views' checkpoint is as of the record before, to every process and projector", async () => {
    const first = projectorOn(await connect())
    first.start()
    await checkpointAt(1)

    await foreignTransaction(topic, end, 1_000)
    await checkpointAt(3)
    await first.stop()

    const checkpoint = await checkpointAt(3)
    expect(checkpoint?.hash).toBe(recordHash(Buffer.from("foreign")))
    if (checkpoint === null) throw new Error("no checkpoint")
    // The marker is the log's end, as at a start right after it.
    await expect(checkAgainstLog(checkpoint, await connect(), genesis, signal)).resolves.toBeUndefined()
    await (await connect()).append([Buffer.from("after")])
    await expect(checkAgainstLog(checkpoint, await connect(), genesis, signal)).resolves.toBeUndefined()

    const second = projectorOn(await connect())
    second.start()
    await checkpointAt(4)
    expect(second.fault).toBeNull()
    await second.stop()
    await expectAlikeFromAnyStart(4)
  })
})

function projectorOn(log: Log): Projector {
  const store = views.connect("projector")
  return new Projector({
    log,
    genesis,
    store,
    clock: systemClock,
    logger: new KeptLogger(),
    keyRetention: 60_000,
  })
}

/** The checkpoint, once it is there. */
async function checkpointAt(offset: number): Promise<Checkpoint | null> {
  const checkpoint = () => views.data(0).checkpoint(FOLD_VERSION)
  await expect.poll(() => checkpoint()?.offset, { timeout: 40_000 }).toBe(offset)
  return checkpoint()
}

/** Hash, time and key step of each offset, by processes that begin at each. */
async function expectAlikeFromAnyStart(head: number): Promise<void> {
  const all = await judged(0, head)
  for (let from = 1; from < head; from++) {
    expect(await judged(from, head)).toEqual(all.slice(from))
  }
}

async function judged(from: number, head: number): Promise<readonly Judged[]> {
  const records: Judged[] = []
  for await (const batch of readJudged(await connect(), genesis, from, AbortSignal.timeout(30_000))) {
    records.push(...batch.records)
    if (records.length >= head - from) break
  }
  return records
}
