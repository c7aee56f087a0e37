import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { eventTypes } from "../../src/domain/events.js"
import { GOLD_MAX, HEALTH_MAX } from "../../src/domain/kinds.js"
import { refusalCodes } from "../../src/domain/refusals.js"
import { goods, registered } from "../support/events.js"
import { runs } from "../support/runs.js"
import { aimed } from "./support/aim.js"
import { Game, type GameCommand } from "./support/game.js"
import { gameCommand } from "./support/gameCommands.js"
import { Model, newPlayer, summaryOf } from "./support/model.js"
import { offer, register } from "./support/requests.js"

const games = fc.array(gameCommand, { maxLength: 120, size: "max" })

describe("any sequence of commands", () => {
  test("has the same effects and refusals as a plain model", () => {
    fc.assert(
      fc.property(games, commands => {
        const { game, model } = begin()
        for (const each of commands) {
          const { command, decision, id } = perform(game, each)
          const code = "refusal" in decision ? decision.refusal.code : null
          expect([command, code]).toEqual([command, model.perform(command.name, command.input as never, id)])
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
          const { command, id } = perform(game, each)
          model.perform(command.name, command.input as never, id)
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
          perform(game, each)
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

  test("makes and destroys swords by purchases and sales alone, and keeps prices of exactly those held", () => {
    fc.assert(
      fc.property(games, commands => {
        const { game } = begin()
        let swords = 0
        for (const each of commands) {
          const { decision } = perform(game, each)
          for (const { type } of "events" in decision ? decision.events : []) {
            if (type === "SwordBought") swords += 1
            if (type === "SwordSold") swords -= 1
          }
          const counts = game.players.flatMap(({ swords: held }) => Object.values(held))
          expect(counts.every(count => count >= 1)).toBe(true)
          expect(counts.reduce((sum, count) => sum + count, 0)).toBe(swords)
        }
        for (const { swords: held, swordPrices } of game.players) {
          expect(Object.keys(swordPrices).sort()).toEqual(Object.keys(held).sort())
        }
      }),
      runs(200),
    )
  })

  test("keeps health between 0 and 100, and every open trade with both of its players alike", () => {
    fc.assert(
      fc.property(games, commands => {
        const { game } = begin()
        for (const each of commands) {
          perform(game, each)
          for (const { id, health, trades, offers } of game.players) {
            expect(health >= 0 && health <= HEALTH_MAX).toBe(true)
            expect(Math.max(Object.keys(trades).length, Object.keys(offers).length)).toBeLessThanOrEqual(20)
            for (const [trade, { player, ...goods }] of Object.entries(trades)) {
              expect(game.player(player)?.offers[trade]).toEqual({ player: id, ...goods })
            }
            for (const [trade, { player, ...goods }] of Object.entries(offers)) {
              expect(game.player(player)?.trades[trade]).toEqual({ player: id, ...goods })
            }
          }
        }
      }),
      runs(200),
    )
  })

  test("can produce every event and every refusal code", () => {
    const made = new Set<string>()
    // Chance seldom opens so many trades.
    const offers = Array.from({ length: 21 }, () => offer("alice", "rich", goods(1), goods(1)))
    for (const commands of [...fc.sample(games, { numRuns: 300, seed: 1 }), [register("alice"), ...offers]]) {
      const { game } = begin()
      for (const each of commands) {
        const { decision } = perform(game, each)
        if ("refusal" in decision) made.add(decision.refusal.code)
        else for (const { type } of decision.events) made.add(type)
      }
    }

    expect([...made].sort()).toEqual([...eventTypes.keys(), ...refusalCodes].sort())
  })
})

/** Performs a command, aimed at what is there. */
function perform(game: Game, drawn: GameCommand) {
  const command = aimed(drawn, game.players)
  const id = game.nextId
  return { command, id, decision: game.perform(command) }
}

function begin(): { game: Game; model: Model } {
  const game = new Game()
  const model = new Model()
  game.happened(registered("rich", { gold: GOLD_MAX - 1000 }))
  model.players.set("rich", newPlayer(GOLD_MAX - 1000))
  return { game, model }
}
