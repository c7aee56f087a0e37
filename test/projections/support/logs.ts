import fc from "fast-check"
import { commandType } from "../../../src/domain/commands.js"
import type { Judged } from "../../../src/log/judged.js"
import { aimed } from "../../domain/support/aim.js"
import { Game, type GameCommand } from "../../domain/support/game.js"
import { gameCommand } from "../../domain/support/gameCommands.js"
import { Chain } from "../../log/support/judging.js"

/** What a log may hold: mostly commands of the game, and anything else. */
type Step =
  | { readonly do: "play"; readonly command: GameCommand; readonly stepMs: number }
  | { readonly do: "loseTo"; readonly on: string; readonly alsoOn: string; readonly stepMs: number }
  | { readonly do: "garbage"; readonly stepMs: number }
  | { readonly do: "newer" | "unreadable"; readonly on: string; readonly stepMs: number }

/** The clock may stand still, jump back, and jump far ahead. */
const stepMs = fc.oneof(fc.nat(300), fc.constantFrom(0, -50_000, 999, 1000, 3_600_000))
const aggregate = fc.constantFrom(
  "player/alice",
  "player/bob",
  "player/carol",
  "guild/knights",
  "guild/bards",
)

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({ do: fc.constant("play" as const), command: gameCommand, stepMs }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant("loseTo" as const), on: aggregate, alsoOn: aggregate, stepMs }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("garbage" as const), stepMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom("newer" as const, "unreadable" as const),
      on: aggregate,
      stepMs,
    }),
  },
)

/** Judged logs: the genesis, then up to 80 records. */
export const logs: fc.Arbitrary<() => Promise<readonly Judged[]>> = fc
  .array(step, { minLength: 1, maxLength: 80, size: "max" })
  .map(steps => Object.assign(() => judgedLog(steps), { [fc.toStringMethod]: () => JSON.stringify(steps) }))

function judgedLog(steps: readonly Step[]): Promise<readonly Judged[]> {
  const chain = new Chain()
  const game = new Game()
  const times = [0]
  for (const one of steps) {
    const before = chain.records.length
    take(one, chain, game)
    if (chain.records.length > before) times.push((times.at(-1) ?? 0) + one.stepMs)
  }
  return chain.judged(offset => times[offset] ?? 0)
}

function take(one: Step, chain: Chain, game: Game): void {
  if (one.do === "play") {
    const command = aimed(one.command, game.players)
    const decision = game.perform(command, chain.records.length + 1)
    const { name, input } = command
    if ("events" in decision) chain.add(commandType(name).aggregates(input as never), decision.events)
  }
  if (one.do === "loseTo") chain.addRival({ [one.on]: "long ago", [one.alsoOn]: null })
  if (one.do === "garbage") chain.addGarbage()
  if (one.do === "newer") chain.add([one.on], [{ type: "DragonTamed", v: 1, data: {} }])
  if (one.do === "unreadable") chain.add([one.on], [{ type: "GoldGranted", v: 1, data: {} }])
}
