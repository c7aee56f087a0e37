import { expect, it } from "vitest"
import { honest, type Lie, startLyingServer } from "../cli/support/lyingServer.js"
import { runLoad } from "../cli/support/runLoad.js"

it("an open loop sends as many commands a second as it was asked to", async () => {
  const { code, printed } = await runLoad(await startLyingServer(honest), { rate: 100, count: 100 })

  expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
  expect(printed).toMatchObject({ commands: 100, unsent: 0, verified: true })
  // The last one is due after 990 ms.
  expect(printed.seconds).toBeGreaterThan(0.98)
})

it("a stall of the server counts for all commands that were due meanwhile; in a closed loop it hides", async () => {
  const options = { count: 300, concurrency: 2, verify: false }

  const open = await runLoad(await startLyingServer(stalling()), { ...options, rate: 200 })
  const closed = await runLoad(await startLyingServer(stalling()), options)

  // In 1 of 1.5 s nothing was answered: that is most commands. In a closed loop it is 2 of 300.
  expect(open.printed.latencyMs.p50).toBeGreaterThan(200)
  expect(closed.printed.latencyMs.p95).toBeLessThan(900)
  expect(closed.printed.unsent).toBeNull()
})

it("what a slow server leaves unsent is reported", async () => {
  const lie: Lie = async (asked, forward) => {
    if (asked.variables.input !== undefined) await new Promise(resolve => setTimeout(resolve, 300))
    return forward(asked)
  }
  const options = { rate: 50, duration: 1000, concurrency: 1, players: 1, verify: false }

  const { code, printed } = await runLoad(await startLyingServer(lie), { ...options, count: 1000 })

  expect(code).toBe(0)
  expect(printed.commands).toBeLessThan(10)
  expect(printed.commands + (printed.unsent ?? 0)).toBe(50)
})

/** Answers nothing for a second from its twentieth purchase on. */
function stalling(): Lie {
  let purchases = 0
  let stall: Promise<void> | null = null
  return async (asked, forward) => {
    if (asked.name === "buySword") purchases += 1
    if (purchases >= 20) stall ??= new Promise(resolve => setTimeout(resolve, 1000))
    await stall
    return forward(asked)
  }
}
