import { once } from "node:events"
import { setTimeout as lasting } from "node:timers/promises"
import { describe, expect, it, onTestFinished } from "vitest"
import { SubscriptionConnection, type SubscriptionConnectionOptions } from "../../src/client/connection.js"
import { type CursorNotice, follow, type Subscription } from "../../src/client/follow.js"
import { faultOf, type Script, type Subscribed, startScriptedServer } from "../cli/support/scriptedServer.js"
import { freePort } from "../support/guildhall.js"

const QUERY =
  "subscription Test($after: Cursor) { notice: purchases(after: $after, heartbeat: true) { cursor } }"

/** Far longer than anything takes here. */
const SILENCE_MS = 500

const tell =
  (...cursors: readonly string[]) =>
  ({ notice }: Subscribed) => {
    for (const cursor of cursors) notice({ cursor })
  }

/** Sends a notice, then ends the socket. */
const tellAndClose =
  (close: (subscribed: Subscribed) => void, ...cursors: readonly string[]) =>
  (subscribed: Subscribed) => {
    tell(...cursors)(subscribed)
    close(subscribed)
  }

/** Follows until the cursor `end` has come, or it throws; returns the cursors in their order. */
async function followToEnd(
  options: SubscriptionConnectionOptions,
  subscription: Partial<Subscription<CursorNotice>> = {},
  withinMs = 5000,
): Promise<readonly string[]> {
  const cursors: string[] = []
  const ending = new AbortController()
  const connection = new SubscriptionConnection(options)
  onTestFinished(() => connection.close())
  const take = ({ cursor }: CursorNotice) => {
    cursors.push(cursor)
    if (cursor === "end") ending.abort()
  }
  const whole = { query: QUERY, variables: {}, take, ...subscription }
  await follow(connection, whole, { signal: ending.signal, withinMs })
  return cursors
}

describe("a subscription is resumed after its last cursor", () => {
  it.each<[string, (subscribed: Subscribed) => void]>([
    ["the socket is cut", ({ socket }) => socket.terminate()],
    ["the server goes away: 1001", ({ socket }) => socket.close(1001)],
    ["the server restarts: 1012", ({ socket }) => socket.close(1012)],
    ["the socket closes normally: 1000", ({ socket }) => socket.close(1000)],
    ["the server has an error: 4500", ({ socket }) => socket.close(4500)],
    ["a fault passes", ({ errors }) => errors(faultOf("VIEWS_BEHIND", true))],
    ["the server shuts down", ({ errors }) => errors(faultOf("SHUTTING_DOWN", true))],
    ["a message is no JSON", ({ socket }) => socket.send("nonsense")],
  ])("when %s", async (_, close) => {
    const script: Script = [tellAndClose(close, "a", "b"), tellAndClose(close, "c"), tell("d", "end")]
    const { url, afters } = await startScriptedServer(script)

    const cursors = await followToEnd({ urls: [url] })

    expect(cursors).toEqual(["a", "b", "c", "d", "end"])
    expect(afters).toEqual([null, "b", "c"])
  })

  it("where the server says so, when it was too slow", async () => {
    const tooSlow = tellAndClose(({ errors }) => errors(faultOf("SUBSCRIBER_TOO_SLOW", true, "y")), "x")
    const { url, afters } = await startScriptedServer([tooSlow, tell("end")])

    await followToEnd({ urls: [url] })

    expect(afters).toEqual([null, "y"])
  })

  it("when nothing comes for too long", async () => {
    const { url, afters } = await startScriptedServer([tell("a"), tell("end")])

    const cursors = await followToEnd({ urls: [url], silenceMs: SILENCE_MS })

    expect(cursors).toEqual(["a", "end"])
    expect(afters).toEqual([null, "a"])
  })

  it("on the next server, and reports the interruption", async () => {
    const first = await startScriptedServer([tellAndClose(({ socket }) => socket.terminate(), "a")])
    const second = await startScriptedServer([tell("end")])
    const nobody = `http://127.0.0.1:${await freePort()}/graphql`
    const why: string[] = []

    const cursors = await followToEnd(
      { urls: [first.url, nobody, second.url] },
      { interrupted: text => why.push(text) },
    )

    expect(cursors).toEqual(["a", "end"])
    expect(second.afters).toEqual(["a"])
    expect(why).toEqual([
      `${first.url}: the socket closed with 1006`,
      expect.stringContaining(`${nobody}: connect ECONNREFUSED`),
    ])
  })

  it("without the cursor of a notice that came with an error in it", async () => {
    const half = ({ notice }: Subscribed) => {
      notice({ cursor: "a" })
      notice({ cursor: "b" }, [faultOf("VIEWS_UNAVAILABLE", true)])
    }
    const { url, afters } = await startScriptedServer([half, tell("end")])

    const cursors = await followToEnd({ urls: [url] })

    expect(cursors).toEqual(["a", "end"])
    expect(afters).toEqual([null, "a"])
  })
})

describe("a subscription whose cursor is too old", () => {
  const script: Script = [
    tellAndClose(({ errors }) => errors(faultOf("CURSOR_TOO_OLD", false)), "a"),
    tell("end"),
  ]

  it("goes on from now and reports that some were missed, if the caller wants that", async () => {
    const { url, afters } = await startScriptedServer(script)
    const missed: string[] = []

    const cursors = await followToEnd({ urls: [url] }, { missed: why => missed.push(why) })

    expect(cursors).toEqual(["a", "end"])
    expect(afters).toEqual([null, null])
    expect(missed).toEqual([`${url}: CURSOR_TOO_OLD: it says CURSOR_TOO_OLD`])
  })

  it("ends otherwise", async () => {
    const { url } = await startScriptedServer(script)

    await expect(followToEnd({ urls: [url] })).rejects.toThrow(`${url}: CURSOR_TOO_OLD: it says`)
  })
})

describe("a subscription ends with what retrying does not fix:", () => {
  it.each<[string, (subscribed: Subscribed) => void, string]>([
    [
      "a fault of the request",
      ({ errors }) => errors(faultOf("BAD_USER_INPUT", false)),
      "BAD_USER_INPUT: it",
    ],
    ["an error without a code", ({ errors }) => errors({ message: "no" }), "NO_CODE: no"],
    ["a client that is not wanted", ({ socket }) => socket.close(4403, "Forbidden"), "4403: Forbidden"],
  ])("%s", async (_, end, expected) => {
    const { url, afters } = await startScriptedServer([end])

    await expect(followToEnd({ urls: [url] })).rejects.toThrow(expected)
    expect(afters).toHaveLength(1)
  })

  it("an address that refuses WebSockets", async () => {
    const { url } = await startScriptedServer([tell("end")])

    const following = followToEnd({ urls: [url.replace("graphql", "elsewhere")] })

    await expect(following).rejects.toThrow(/\/elsewhere: it refused the WebSocket: 404 nothing is here$/)
  })

  it("servers that do not answer in the time given", async () => {
    const urls = [`http://127.0.0.1:${await freePort()}/graphql`]

    await expect(followToEnd({ urls }, {}, 300)).rejects.toThrow(/ECONNREFUSED.*; tried for 0.3 s/)
  })
})

it("is not read while a notice is being taken", async () => {
  let sent = 0
  let isClosed = false
  const flood = async ({ socket, notice }: Subscribed) => {
    socket.on("close", () => {
      isClosed = true
    })
    const padding = "x".repeat(100_000)
    // Until the system's buffers are full: the reader has stopped.
    while (socket.bufferedAmount < 1_000_000 && sent < 1000) {
      notice({ cursor: "full", padding })
      sent += 1
      await new Promise(resolve => setImmediate(resolve))
    }
    notice({ cursor: "end" })
  }
  const { url } = await startScriptedServer([subscribed => void flood(subscribed)])
  let release = () => {}
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  let taken = 0
  const ending = new AbortController()
  const connection = new SubscriptionConnection({ urls: [url] })
  onTestFinished(() => connection.close())
  const take = ({ cursor }: CursorNotice) => {
    taken += 1
    if (cursor === "end") ending.abort()
    return taken === 1 ? held : undefined
  }

  const following = follow(
    connection,
    { query: QUERY, variables: {}, take },
    { signal: ending.signal, withinMs: 5000 },
  )

  await expect.poll(() => sent, { timeout: 10_000 }).toBeGreaterThan(20)
  await expect.poll(() => sent > taken + 10).toBe(true)
  const takenWhileHeld = taken
  expect(takenWhileHeld).toBeLessThan(10)
  release()
  await following
  expect(taken).toBe(sent + 1)
  expect(isClosed).toBe(false)
})

it("does not count as silence the time in which it did not read", async () => {
  const script: Script = [
    subscribed => {
      tell("a")(subscribed)
      // Sent while the first is being taken: in the same packet it would be taken at once.
      setTimeout(() => tell("end")(subscribed), SILENCE_MS / 5)
    },
  ]
  const { url, afters } = await startScriptedServer(script)
  const ending = new AbortController()
  const connection = new SubscriptionConnection({ urls: [url], silenceMs: SILENCE_MS })
  onTestFinished(() => connection.close())
  const take = async ({ cursor }: CursorNotice) => {
    if (cursor === "end") ending.abort()
    else await lasting(2 * SILENCE_MS)
  }

  await follow(connection, { query: QUERY, variables: {}, take }, { signal: ending.signal, withinMs: 5000 })

  expect(afters).toEqual([null])
})

it("ends by the signal, and closes the socket", async () => {
  let closed: Promise<number> | null = null
  const { url } = await startScriptedServer([
    subscribed => {
      closed = once(subscribed.socket, "close").then(([code]) => code as number)
      tell("end")(subscribed)
    },
  ])

  await followToEnd({ urls: [url] })

  expect(await closed).toBe(1000)
})
