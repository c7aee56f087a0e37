import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { eventTypes } from "../../src/domain/events.js"
import { GOLD_MAX } from "../../src/domain/kinds.js"
import { refusalCodes } from "../../src/domain/refusals.js"
import { registered } from "../support/events.js"
import { runs } from "../support/runs.js"
import { Game } from "./support/game.js"
import { gameCommand } from "./support/gameCommands.js"
import { Model, summaryOf } from "./support/model.js"

const games = fc.array(gameCommand, { maxLength: 120, size: "max" })

describe("any sequence of commands", () => {
  test("has the same effects and refusals as a plain model", () => {
    fc.assert(
      fc.property(games, commands => {
        const { game, model } = begin()
        for (const each of commands) {
          const decision = game.perform(each)
          const code = "refusal" in decision ? decision.refusal.code : null
          expect([each, code]).toEqual([each, model.perform(each.name, each.input)])
        }
        expect(summaryOf(game)).toEqual(model.summary)
      }),
      runs(300),
    )
  })

  test("keeps gold between 0 and the limit, and accounts for every coin", () => {
    fc.assert(
      fc.property(games, commands => {
        const { game, model } = begin()
        for (const each of commands) {
          game.perform(each)
          model.perform(each.name, each.input)
          for (const { gold } of game.players) expect(Number.isSafeInteger(gold) && gold >= 0).toBe(true)
        }
        const total = game.players.reduce((sum, { gold }) => sum + BigInt(gold), 0n)
        expect(total).toBe(BigInt(GOLD_MAX - 1000) + BigInt(model.gold))
      }),
      runs(200),
    )
  })

  test("keeps guilds between 1 member and their capacity, and every player in at most one", () => {
    fc.assert(
      fc.property(games, commands => {
        const { game } = begin()
        for (const each of commands) {
          game.perform(each)
          for (const { id, members, capacity } of game.guilds) {
            expect(members.length).toBeGreaterThanOrEqual(1)
            expect(members.length).toBeLessThanOrEqual(capacity)
            expect(members.filter(member => game.player(member)?.guild !== id)).toEqual([])
          }
        }
        const memberships = game.guilds.flatMap(({ members }) => members)
        expect(new Set(memberships).size).toBe(memberships.length)
      }),
      runs(200),
    )
  })

  test("can produce every event and every refusal code", () => {
    const made = new Set<string>()
    for (const commands of fc.sample(games, { numRuns: 300, seed: 1 })) {
      const { game } = begin()
      for (const each of commands) {
        const decision = game.perform(each)
        if ("refusal" in decision) made.add(decision.refusal.code)
        else for (const { type } of decision.events) made.add(type)
      }
    }

    expect([...made].sort()).toEqual([...eventTypes.keys(), ...refusalCodes].sort())
  })
})

function begin(): { game: Game; model: Model } {
  const game = new Game()
  const model = new Model()
  game.happened(registered("rich", { gold: GOLD_MAX - 1000 }))
  model.players.set("rich", { gold: GOLD_MAX - 1000, swords: [] })
  return { game, model }
}
