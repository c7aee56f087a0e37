import { afterEach, beforeEach, expect, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { ask, freePort, Guildhall } from "../support/guildhall.js"
import { asAdmin, deleteTopic, freshTopic, kafkaBrokers } from "./support/kafka.js"

let topic: string
let server: Guildhall

beforeEach(async () => {
  topic = freshTopic()
  const settings = { KAFKA_BROKERS: kafkaBrokers().join(","), KAFKA_TOPIC: topic, LOG_LEVEL: "silent" }
  const [DATA_DIR, PORT] = await Promise.all([temporaryFolder(), freePort()])
  server = await Guildhall.serve({ ...settings, DATA_DIR, PORT })
})

afterEach(async () => {
  await server.kill9()
  await deleteTopic(topic)
})

const register = (player: string) => `mutation {
  registerPlayer(input: { playerId: "${player}", name: "A", region: "eu" }) { refusal { code } } }`

test("the log's beginning deleted under a running server is noticed: no command is taken, and operators see why", async () => {
  expect(await ask(server.url, register("alice"))).toMatchObject({
    data: { registerPlayer: { refusal: null } },
  })

  await asAdmin(async admin => {
    await admin.fetchTopicOffsets(topic)
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "1" }] })
  })

  await expect.poll(readiness, { timeout: 20_000 }).toMatchObject({
    ready: false,
    reasons: expect.arrayContaining([expect.stringMatching(/^log: .*its first record is gone/)]),
  })
  const metrics = await (await fetch(`${server.origin}/metrics`)).text()
  expect(metrics).toContain('guildhall_engine_up{engine="log"} 0')
  expect((await ask(server.url, register("bob"))).errors?.[0]?.extensions).toMatchObject({
    code: "LOG_TRUNCATED",
  })
})

async function readiness(): Promise<unknown> {
  return (await fetch(`${server.origin}/readyz`)).json()
}
