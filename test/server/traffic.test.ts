import { describe, expect, test } from "vitest"
import type { Game } from "../../src/resolvers/game.js"
import { LIMITS } from "../../src/server/limits.js"
import { ask, newListening, RawConnection } from "./support/listening.js"
import { stubGame } from "./support/stubGame.js"

const BODY = JSON.stringify({ query: '{ player(id: "alice") { id } }' })
const REQUEST = [
  "POST /graphql HTTP/1.1",
  "host: localhost",
  "content-type: application/json",
  `content-length: ${BODY.length}\r\n\r\n${BODY}`,
].join("\r\n")

/** A game whose views answer only once the test lets them. */
function waitingGame() {
  const game = stubGame()
  let waiting = 0
  let letGo = () => {}
  const open = new Promise<void>(resolve => {
    letGo = resolve
  })
  const read: Game["stateReader"]["read"] = async (request, deadline) => {
    waiting += 1
    await open
    return game.stateReader.read(request, deadline)
  }
  return { game: { ...game, stateReader: { ...game.stateReader, read } }, letGo, waiting: () => waiting }
}

const answers = ({ received }: RawConnection) => received.split("HTTP/1.1 200").length - 1

describe("requests sent without waiting for answers", () => {
  test("are answered in order, as many as a connection may have open", async () => {
    const { game, letGo, waiting } = waitingGame()
    const { port } = await newListening(game)
    const raw = new RawConnection(port)
    raw.send(REQUEST.repeat(LIMITS.requestsPerConnection))
    await expect.poll(waiting).toBe(LIMITS.requestsPerConnection)

    letGo()
    await expect.poll(() => answers(raw)).toBe(LIMITS.requestsPerConnection)

    raw.send(REQUEST)
    await expect.poll(() => answers(raw)).toBe(LIMITS.requestsPerConnection + 1)
  })

  test("beyond that get their connection closed, and others are served", async () => {
    const { game, letGo, waiting } = waitingGame()
    const { url, port, logger } = await newListening(game)
    const raw = new RawConnection(port)
    raw.send(REQUEST.repeat(LIMITS.requestsPerConnection + 1))

    await raw.closed
    letGo()

    expect(waiting()).toBeLessThanOrEqual(LIMITS.requestsPerConnection)
    expect(await ask(url, '{ player(id: "alice") { id } }')).toMatchObject({ status: 200 })
    expect(logger.entries.filter(({ level }) => level === "error")).toEqual([])
  })
})

describe("more open requests than a server accepts", () => {
  test("are answered OVERLOADED, until some are answered", async () => {
    const { game, letGo, waiting } = waitingGame()
    const { url, port } = await newListening(game)
    const connections = LIMITS.requestsAtOnce / LIMITS.requestsPerConnection
    const raws = Array.from({ length: connections }, () => new RawConnection(port))
    for (const raw of raws) raw.send(REQUEST.repeat(LIMITS.requestsPerConnection))
    await expect.poll(waiting).toBe(LIMITS.requestsAtOnce)

    const refused = await ask(url, "{ swords { type } }")
    letGo()
    for (const raw of raws) {
      await expect.poll(() => answers(raw)).toBe(LIMITS.requestsPerConnection)
    }

    expect(refused).toMatchObject({
      status: 503,
      errors: [{ extensions: { code: "OVERLOADED", retryable: true } }],
    })
    expect(await ask(url, "{ swords { type } }")).toMatchObject({ status: 200 })
  }, 30_000)
})
