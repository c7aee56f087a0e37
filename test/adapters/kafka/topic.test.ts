import { expect, test } from "vitest"
import { prepareTopic } from "../../../src/adapters/kafka/topic.js"
import { freePort } from "../../support/guildhall.js"
import { FakeBroker, optionsFor } from "./fakeBroker.js"

test("for a broker that is not where it announces itself, the message names that address and advertised.listeners", async () => {
  const broker = new FakeBroker()
  await broker.listen()
  broker.advertisedPort = Number(await freePort())
  const { address } = broker

  const fault = await prepareTopic({ ...optionsFor(address), readOnly: true }).catch(
    (error: unknown) => error,
  )

  await broker.close()
  const said = `${address} answers, but names a broker at 127.0.0.1:${broker.advertisedPort}`
  expect(fault).toMatchObject({
    code: "LOG_UNAVAILABLE",
    message: expect.stringMatching(new RegExp(`${said}.*ECONNREFUSED.*advertised\\.listeners`)),
  })
})
