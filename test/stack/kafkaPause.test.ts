import { afterEach, beforeEach, expect, test } from "vitest"
import type { Log } from "../../src/ports/log.js"
import { startChild } from "../support/child.js"
import { asAdmin, deleteTopic, freshTopic, kafkaBrokers, openTestLog } from "./support/kafka.js"

/** Kafka's shortest. */
const SESSION_MS = 6_000
const RECORDS = 40

let topic: string
let log: Log

beforeEach(async () => {
  topic = freshTopic()
  log = await openTestLog({ topic })
})

afterEach(async () => {
  await log.close()
  await deleteTopic(topic)
})

const append = (from: number, to: number) =>
  log.append(Array.from({ length: to - from }, (_, at) => Buffer.from(`record ${from + at}`)))

/** The members of a group; kafkajs's admin tells those of the groups that it is asked for. */
const members = (groups: readonly string[]) =>
  asAdmin(async admin => {
    const described = await admin.describeGroups([...groups])
    return described.groups.flatMap(group => group.members)
  })

const groups = () => asAdmin(async admin => (await admin.listGroups()).groups.map(({ groupId }) => groupId))

test("a reader that was paused beyond its session skips nothing and doubles nothing", {
  timeout: 60_000,
}, async () => {
  const before = new Set(await groups())
  const file = new URL("./support/kafkaReader.child.ts", import.meta.url)
  const child = startChild(file, [kafkaBrokers().join(","), topic, String(SESSION_MS)])
  await append(0, 10)
  await child.line(line => line === "9")
  const joined = (await groups()).filter(group => !before.has(group))
  expect(await members(joined)).toHaveLength(1)

  child.process.kill("SIGSTOP")
  await append(10, 20)
  // The broker has given it up: nothing less is the case to test.
  await expect.poll(() => members(joined), { timeout: 4 * SESSION_MS, interval: 500 }).toHaveLength(0)
  await append(20, 30)
  child.process.kill("SIGCONT")
  await child.line(line => line === "29")
  await append(30, RECORDS)
  await child.line(line => line === String(RECORDS - 1))

  expect(child.lines).toEqual(Array.from({ length: RECORDS }, (_, offset) => String(offset)))
})
