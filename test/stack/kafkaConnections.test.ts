import { connect, type Socket } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { afterEach, beforeEach, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import type { Log } from "../../src/ports/log.js"
import { deleteTopic, freshTopic, openTestLog } from "./support/kafka.js"

const APPENDS = 150
/** Now and then an append meets a cut, now and then none. */
const CUT_EVERY_MS = 25

let topic: string
let log: Log
let sockets: Set<Socket>

beforeEach(async () => {
  topic = freshTopic()
  sockets = new Set()
  const dial = (host: string, port: number) => {
    const socket = connect({ host, port })
    sockets.add(socket)
    return socket.once("close", () => sockets.delete(socket))
  }
  log = await openTestLog({ topic, dial })
})

afterEach(async () => {
  await log.close()
  await deleteTopic(topic)
})

const cutAll = () => {
  for (const socket of sockets) socket.destroy(new Error("cut by the test"))
}

test("connections that break all the time lose nothing acknowledged, and a reader sees each offset once", async () => {
  const offsets: number[] = []
  const texts: string[] = []
  const reading = async () => {
    for await (const { records } of log.read(0, AbortSignal.timeout(60_000))) {
      offsets.push(...records.map(({ offset }) => offset))
      texts.push(...records.map(({ bytes }) => Buffer.from(bytes).toString()))
    }
  }
  const read = reading()
  const cutting = setInterval(cutAll, CUT_EVERY_MS)
  const acknowledged: string[] = []
  const faults: unknown[] = []
  for (let at = 0; at < APPENDS; at++) {
    const appended = log.append([Buffer.from(`record ${at}`)])
    await appended.then(
      () => acknowledged.push(`record ${at}`),
      (fault: unknown) => faults.push(fault),
    )
    await sleep(1)
  }
  clearInterval(cutting)
  const { head } = await log.bounds()
  await expect.poll(() => offsets.length, { timeout: 30_000 }).toBe(head)
  await log.close()
  await read

  expect(acknowledged.length).toBeGreaterThan(0)
  expect(acknowledged.filter(text => !texts.includes(text))).toEqual([])
  expect(faults.filter(fault => !isFault(fault))).toEqual([])
  expect(offsets).toEqual(offsets.map((_, index) => index))
}, 90_000)
