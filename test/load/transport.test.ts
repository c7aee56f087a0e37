import { describe, expect, it } from "vitest"
import { honest, type NoticeLie, startLyingServer, type WsMessage } from "../cli/support/lyingServer.js"
import { runLoad } from "../cli/support/runLoad.js"
import { freePort } from "../support/guildhall.js"

const OVER_SOCKETS = { transport: "websocket" as const }

describe("a load over WebSockets", () => {
  it("sends its commands there, and is verified", async () => {
    let answers = 0
    let posts = 0
    const url = await startLyingServer(
      (asked, forward) => {
        if (asked.variables.input !== undefined) posts += 1
        return forward(asked)
      },
      message => {
        if (isAnswer(message)) answers += 1
        return [message]
      },
    )

    const { code, printed } = await runLoad(url, OVER_SOCKETS)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect(printed).toMatchObject({ verified: true, commands: 150, retries: 0 })
    expect(answers).toBeGreaterThan(150)
    expect(posts).toBe(0)
  })

  it("survives sockets that are cut before the answer, thanks to the same key", async () => {
    const url = await startLyingServer(
      honest,
      onEvery(7, () => undefined),
    )

    const { code, printed } = await runLoad(url, OVER_SOCKETS)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect(printed.faults.NO_ANSWER).toBeGreaterThan(10)
    expect(printed.replayed).toBeGreaterThan(0)
  })

  it("retries faults that are retryable", async () => {
    const extensions = { code: "OVERLOADED", retryable: true }
    const overloaded = ({ id = "" }: WsMessage): WsMessage[] => [
      { id, type: "next", payload: { data: { answer: null }, errors: [{ message: "later", extensions }] } },
    ]

    const { code, printed } = await runLoad(
      await startLyingServer(honest, onEvery(7, overloaded)),
      // The lie did what it says it did not do.
      { ...OVER_SOCKETS, verify: false },
    )

    expect(code).toBe(1)
    expect(printed.faults.OVERLOADED).toBeGreaterThan(10)
    expect(printed.shown.join("\n")).toContain("replayed, although no earlier try can have done it")
  })

  it("exposes an answer that is wrong", async () => {
    let purchases = 0
    const lie: NoticeLie = message => {
      const text = JSON.stringify(message)
      if (!text.includes('"purchase":{')) return [message]
      purchases += 1
      return purchases === 5 ? [JSON.parse(text.replace(/"price":\d+/, '"price":7'))] : [message]
    }

    const { code, printed } = await runLoad(await startLyingServer(honest, lie), OVER_SOCKETS)

    expect({ code, wrong: printed.wrongAnswers }).toEqual({ code: 1, wrong: 1 })
    expect(printed.shown.join("\n")).toMatch(/got [a-z-]+ for 7/)
  })

  it("goes on at another address when nobody listens at one, and knows that nothing was sent", async () => {
    const url = await startLyingServer(honest)
    const nobody = `http://127.0.0.1:${await freePort()}/graphql`

    const { printed } = await runLoad([url, nobody], { ...OVER_SOCKETS, verify: false })

    expect(printed).toMatchObject({ commands: 150, wrongAnswers: 0, failed: 0, inDoubt: 0, replayed: 0 })
    expect(printed.faults.NO_SERVER).toBeGreaterThan(10)
  })

  it("leaves subscribers their own sockets", async () => {
    const options = { ...OVER_SOCKETS, subscribers: 5, within: 15_000 }

    const { code, printed } = await runLoad(await startLyingServer(honest), options)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect(printed.subscribers?.notices).toBeGreaterThan(0)
  })
})

function isAnswer({ type, payload }: WsMessage): boolean {
  return type === "next" && JSON.stringify(payload).includes('"answer":')
}

/** Lies in every nth answer to a command. */
function onEvery(count: number, lie: (message: WsMessage) => readonly WsMessage[] | undefined): NoticeLie {
  let answers = 0
  return message => {
    if (!isAnswer(message)) return [message]
    answers += 1
    return answers % count === 0 ? lie(message) : [message]
  }
}
