import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Appender } from "../../../src/adapters/kafka/appender.js"
import { openKafkaLog } from "../../../src/adapters/kafka/kafkaLog.js"
import type { KafkaLogOptions } from "../../../src/adapters/kafka/options.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { FakeBroker, optionsFor } from "./fakeBroker.js"

const PASSWORD = "do-not-tell"

let broker: FakeBroker
let logger: KeptLogger
let options: KafkaLogOptions

beforeEach(async () => {
  broker = new FakeBroker()
  broker.refusesLogin = true
  await broker.listen()
  logger = new KeptLogger()
  options = {
    ...optionsFor(broker.address),
    logger,
    sasl: { mechanism: "plain", username: "gandalf", password: PASSWORD },
  }
})

afterEach(() => broker.close())

describe("a login that the broker refuses", () => {
  test("is reported at once, with the settings to check", async () => {
    const error = await openKafkaLog(options).catch((refused: unknown) => refused)

    expect(error).toMatchObject({
      code: "KAFKA_SETTINGS",
      setting: "KAFKA_USERNAME",
      message: expect.stringMatching(/login was refused.*KAFKA_USERNAME, KAFKA_PASSWORD/),
    })
  })

  test("is LOG_UNAVAILABLE for an append: nothing was sent", async () => {
    const appender = new Appender(options, new AbortController().signal)

    await expect(appender.append([Buffer.from("one")])).rejects.toMatchObject({ code: "LOG_UNAVAILABLE" })
    expect(broker.produceRequests).toBe(0)
  })

  test("never shows the password, neither in errors nor in logs", async () => {
    const error = await openKafkaLog(options).catch((refused: unknown) => refused)

    expect(logger.entries.length).toBeGreaterThan(0)
    expect(everythingIn(error) + everythingIn(logger.entries)).not.toContain(PASSWORD)
  })
})

test("a topic that the login may not use is reported at once, with where the permissions are listed", async () => {
  broker.refusesLogin = false
  broker.permits = false

  const error = await openKafkaLog(options).catch((refused: unknown) => refused)

  expect(error).toMatchObject({
    code: "KAFKA_SETTINGS",
    setting: "KAFKA_USERNAME",
    message: expect.stringMatching(/^kafka game: the user of KAFKA_USERNAME may not .*docs\/kafka\.md/),
  })
})

/** Every text of a value, causes and stacks too. */
function everythingIn(value: unknown, seen = new Set<unknown>()): string {
  if (typeof value !== "object" || value === null || seen.has(value)) return String(value)
  seen.add(value)
  const parts = Object.getOwnPropertyNames(value).map(name => everythingIn(Reflect.get(value, name), seen))
  return parts.join(" ")
}
