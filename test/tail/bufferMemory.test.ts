import { randomBytes } from "node:crypto"
import { setFlagsFromString } from "node:v8"
import { runInNewContext } from "node:vm"
import { expect, test } from "vitest"
import { RecordBuffer } from "../../src/tail/buffer.js"
import { Chain } from "../log/support/judging.js"
import { bought } from "../support/events.js"

const RECORDS = 20_000

test("records, each by another player, take no more of the heap than the buffer estimates", async () => {
  const buffer = new RecordBuffer(0)
  const before = heapInUse()
  await fill(buffer)

  const taken = heapInUse() - before

  expect(buffer.end).toBe(RECORDS + 1)
  // A quarter more for the garbage of the test itself.
  expect(taken).toBeLessThan(buffer.bytes * 1.25)
  // Far less would mean that the buffer evicts records much too early.
  expect(taken).toBeGreaterThan(buffer.bytes * 0.5)
})

/** Records as a server writes them: ids, keys and digests are random. The chain itself is not kept. */
async function fill(buffer: RecordBuffer): Promise<void> {
  const chain = new Chain()
  for (let n = 0; n < RECORDS; n++) {
    const player = `player-${n}`
    const events = [bought(player, "dagger", 25)]
    const command = { id: `${player}/${random()}`, digest: random(), events }
    chain.add([`player/${player}`], events, { id: random(), commands: [command] })
  }
  for (const record of await chain.judged()) buffer.push(record)
}

function random(): string {
  return randomBytes(16).toString("base64url")
}

function heapInUse(): number {
  setFlagsFromString("--expose-gc")
  const collect: unknown = runInNewContext("gc")
  if (typeof collect !== "function") throw new Error("node gives no gc")
  for (let times = 0; times < 4; times++) collect()
  return process.memoryUsage().heapUsed
}
