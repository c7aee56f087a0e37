import { describe, expect, test } from "vitest"
import { openGame } from "../support/game.js"
import { answerOf, ask, type Listening, newListening, post, RawConnection } from "./support/listening.js"
import { WsClient } from "./support/wsClient.js"

const REGISTER =
  'mutation ($name: String!) { registerPlayer(input: { playerId: "rene", name: $name, region: "eu" }) { player { name } } }'
const NAME = '{ player(id: "rene") { name } }'

/** A JSON request that registers a player, with a name whose bytes are those of this Latin-1 text. */
function registering(name: string): Buffer {
  return Buffer.from(`{"query":${JSON.stringify(REGISTER)},"variables":{"name":"${name}"}}`, "latin1")
}

/** The same in a message of graphql-ws. */
function subscribing(name: string): Buffer {
  const [before, after] = ['{"id":"1","type":"subscribe","payload":', "}"].map(text => Buffer.from(text))
  return Buffer.concat([before ?? "", registering(name), after ?? ""].map(part => Buffer.from(part)))
}

async function newGameListening() {
  const game = await openGame()
  const server = await newListening(game)
  return { game, server }
}

function postBytes({ url }: Listening, body: Buffer) {
  return post(url, new Blob([new Uint8Array(body)]) as never)
}

const broken: readonly [string, string][] = [
  ["Latin-1", "Ren\xe9"],
  ["a character cut short", "Ren\xc3"],
  ["a character longer than it need be", "\xc0\x80"],
  ["a surrogate", "\xed\xa0\x80"],
  ["beyond Unicode", "\xf4\x90\x80\x80"],
  ["a byte that never is", "\xff"],
]

describe("bytes that are not UTF-8", () => {
  test.each(broken)("in a body, %s, are refused and nothing is recorded", async (_, name) => {
    const { game, server } = await newGameListening()

    const answer = await answerOf(await postBytes(server, registering(name)))

    expect(answer).toEqual({
      status: 400,
      errors: [
        { message: "expected a body in UTF-8", extensions: { code: "BAD_USER_INPUT", retryable: false } },
      ],
    })
    expect((await ask(server.url, NAME)).data).toEqual({ player: null })
    await game.close()
  })

  test.each(broken)("in a message, %s, close its socket and nothing is recorded", async (_, name) => {
    const { game, server } = await newGameListening()
    const whole = await WsClient.connect(server.url)
    const pieces = await WsClient.connect(server.url)

    whole.socket.send(subscribing(name), { binary: false })
    for (const byte of subscribing(name)) {
      pieces.socket.send(Buffer.of(byte), { binary: false, fin: false })
    }
    pieces.socket.send("", { binary: false, fin: true })

    expect([await whole.closed, await pieces.closed]).toEqual([1007, 1007])
    expect((await ask(server.url, NAME)).data).toEqual({ player: null })
    await game.close()
  })

  test.each(["%E9", "%C3", "%ED%A0%80", "%zz", "%"])("in a parameter of GET, %s, are refused", async name => {
    const { port } = await newListening()
    const raw = new RawConnection(port)
    const head = "host: localhost\r\napollo-require-preflight: 1\r\nconnection: close\r\n\r\n"

    raw.send(`GET /graphql?query={__typename}&operationName=${name} HTTP/1.1\r\n${head}`)
    await raw.closed

    expect(raw.received).toMatch(/^HTTP\/1\.1 400 /)
    expect(raw.received).toContain("expected parameters of percent-encoded UTF-8")
  })
})

describe("half of a surrogate pair, which JSON can write", () => {
  test("is not a visible character", async () => {
    const { game, server } = await newGameListening()
    const client = await WsClient.connect(server.url)

    const posted = await answerOf(await postBytes(server, registering("Ren\\ud800")))
    client.socket.send(subscribing("Ren\\udc00"), { binary: false })

    expect(posted.errors?.[0]?.extensions.code).toBe("BAD_USER_INPUT")
    const { payload } = await client.next("next", "1")
    expect(payload.errors[0].extensions.code).toBe("BAD_USER_INPUT")
    await game.close()
  })

  test("is not valid GraphQL in a document", async () => {
    const { url } = await newListening()
    const name = JSON.stringify(`{ player(id: "`).slice(0, -1)

    const answer = await answerOf(await post(url, `{"query":${name}\\ud800\\") { id } }"}`))

    expect(answer.errors?.[0]?.extensions.code).toBe("GRAPHQL_PARSE_FAILED")
  })
})

describe("what is UTF-8", () => {
  test.each([
    ["Ren\u00e9", "Ren\u00e9"],
    ["\ufffd on purpose", "\ufffd on purpose"],
    ["\u{1f5e1}", "\u{1f5e1}"],
  ])("is kept: %s", async (sent, kept) => {
    const { game, server } = await newGameListening()

    await postBytes(server, registering(Buffer.from(sent).toString("latin1")))

    expect((await ask(server.url, NAME)).data).toEqual({ player: { name: kept } })
    await game.close()
  })

  test("is kept if fragments split a character", async () => {
    const { game, server } = await newGameListening()
    const client = await WsClient.connect(server.url)
    const bytes = subscribing(Buffer.from("\u{1f5e1}").toString("latin1"))

    for (const byte of bytes) client.socket.send(Buffer.of(byte), { binary: false, fin: false })
    client.socket.send("", { binary: false, fin: true })

    const { payload } = await client.next("next", "1")
    expect(payload.data.registerPlayer.player.name).toBe("\u{1f5e1}")
    await game.close()
  })

  test("is read from parameters of GET", async () => {
    const { url } = await newListening()
    const query = new URLSearchParams({ query: '{ player(id: "alice") { name } }' })

    const response = await fetch(`${url}/graphql?${query}`, { headers: { "apollo-require-preflight": "1" } })

    expect((await answerOf(response)).data).toEqual({ player: { name: "Name of alice" } })
  })
})
