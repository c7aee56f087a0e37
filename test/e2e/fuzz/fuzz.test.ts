import fc from "fast-check"
import { describe, expect, onTestFinished, test } from "vitest"
import { temporaryFolder } from "../../support/folder.js"
import { ask, freePort, Guildhall } from "../../support/guildhall.js"
import { runs } from "../../support/runs.js"
import { wildRequests } from "./documents.js"
import { closeCodes, wildFrames } from "./frames.js"
import { wildBytes } from "./requests.js"
import { answersTo, framesTo, get, Operations, post } from "./sending.js"
import { SteadyClient } from "./steadyClient.js"

const REGISTER =
  'mutation ($id: ID!) { registerPlayer(input: { playerId: $id, name: "Wild", region: "eu" }) { position } }'

const ANY_BUG = /: a bug"|INTERNAL_SERVER_ERROR/

interface Fuzzed {
  readonly url: string
  readonly port: number
}

/** A server that is sent what a test makes up; a client that behaves well must not notice, nor may it log a bug. */
async function besideSteadyClient(send: (server: Fuzzed) => Promise<void>): Promise<void> {
  const PORT = await freePort()
  const settings = {
    DATA_DIR: await temporaryFolder(),
    PORT,
    LOG_LEVEL: "warn",
    SOCKETS_PER_ADDRESS: "10000",
  }
  const server = await Guildhall.serve(settings)
  onTestFinished(() => server.kill9())
  const { url } = server
  for (const id of ["wild-1", "wild-2"]) await ask(url, REGISTER, { id })
  const steady = await SteadyClient.begin(url)

  await send({ url, port: Number(PORT) })

  await steady.stop()
  expect(steady.granted).toBeGreaterThan(0)
  const { problems, sockets, received } = steady.subscriber
  expect({ problems, sockets }).toEqual({ problems: [], sockets: 1 })
  expect(received.map(({ what }) => what)).toEqual(Array(steady.granted).fill("GoldGranted"))
  expect(server.output).not.toMatch(ANY_BUG)
  expect(await server.stop()).toBe(0)
}

describe("whatever clients send", () => {
  test("as documents and variables, over HTTP, is answered, and never as a bug", () =>
    besideSteadyClient(async ({ url }) => {
      const property = fc.asyncProperty(wildRequests, async request => {
        for (const { status, text } of [await post(url, request), await get(url, request)]) {
          expect(status).toBeLessThan(500)
          expect(text).not.toMatch(ANY_BUG)
        }
      })
      await fc.assert(property, runs(200))
    }))

  test("as documents and variables, over a WebSocket, is answered there, and never ends it", () =>
    besideSteadyClient(async ({ url }) => {
      const some = fc.array(wildRequests, { minLength: 1, maxLength: 5 })
      const property = fc.asyncProperty(some, async requests => {
        const operations = await Operations.open(url)
        await Promise.all(requests.map((request, i) => operations.run(String(i), request)))
        operations.close()
        expect([null, 4400, 1009]).toContain(operations.code)
        for (const text of operations.texts) expect(text).not.toMatch(ANY_BUG)
      })
      await fc.assert(property, runs(60))
    }))

  test("as bytes over HTTP, is never answered as a bug", () =>
    besideSteadyClient(async ({ port }) => {
      const property = fc.asyncProperty(wildBytes, async pieces => {
        const answer = String(await answersTo(port, pieces))
        expect(answer).not.toMatch(/^HTTP\/1\.1 5\d\d/m)
        expect(answer).not.toMatch(ANY_BUG)
      })
      await fc.assert(property, runs(60))
    }))

  test("as frames over a WebSocket, never ends it as a bug", () =>
    besideSteadyClient(async ({ port }) => {
      const property = fc.asyncProperty(wildFrames, async frames => {
        const answer = await framesTo(port, frames)
        for (const code of closeCodes(answer)) expect([1011, 4500]).not.toContain(code)
        expect(String(answer)).not.toMatch(ANY_BUG)
      })
      await fc.assert(property, runs(60))
    }))
})
