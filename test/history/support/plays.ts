import fc from "fast-check"
import type { PurchaseWish } from "../../../src/history/purchases.js"
import { aimed } from "../../domain/support/aim.js"
import { gameCommand } from "../../domain/support/gameCommands.js"
import { type Past, START } from "./past.js"

const HOUR_MS = 3_600_000

const BUYERS = ["alice", "bob"] as const
const swordType = fc.constantFrom("dagger", "wooden-sword", "katana")
const playerId = fc.constantFrom(...BUYERS)

const buy = fc.record({ playerId, swordType, region: fc.constantFrom(null, "asia") }).map(input => {
  return { name: "buySword", input } as const
})
const burst = fc.record({ playerId, swordTypes: fc.array(swordType, { minLength: 2, maxLength: 5 }) })

/** What happens, how far the log's clock moves before it (it may step back), and whether its commit comes twice. */
const step = fc.record({
  what: fc.oneof(
    { arbitrary: gameCommand, weight: 3 },
    { arbitrary: buy, weight: 3 },
    { arbitrary: burst, weight: 2 },
  ),
  moveMs: fc.oneof(
    fc.constant(0),
    fc.constant(HOUR_MS / 2),
    // Within a minute, or into the next.
    fc.integer({ min: 0, max: 45_000 }),
    fc.integer({ min: -HOUR_MS, max: 3 * HOUR_MS }),
  ),
  doubled: fc.boolean(),
  landsAfter: fc.integer({ min: 0, max: 12 }).map(n => n === 0),
})

/** Half of the time there is no query. */
const maybe = <T>(given: fc.Arbitrary<T>) => fc.option(given, { freq: 1 })

export const time = fc.integer({ min: -2, max: 60 }).map(halves => START + (halves * HOUR_MS) / 2)
const span = fc
  .tuple(maybe(time), maybe(time))
  .map(([from, to]) => (from !== null && to !== null && from > to ? { from: to, to: from } : { from, to }))
const bucket = fc.constantFrom("MINUTE", "HOUR", "DAY")
const guild = maybe(fc.constantFrom("knights", "bards", "none-such"))
const player = maybe(fc.constantFrom("alice", "bob", "rich", "none-such"))

export const salesRequest = fc.record({
  by: fc.subarray(["SWORD", "REGION", "GUILD"] as const),
  bucket: maybe(bucket),
  span,
  live: fc.boolean(),
})
export const wish: fc.Arbitrary<PurchaseWish> = fc.record({
  player,
  swordType: maybe(fc.constantFrom("dagger", "wooden-sword", "katana")),
  region: maybe(fc.constantFrom("eu-west", "asia")),
  guild,
  span,
})
export const growthRequest = fc.record({ guild, bucket, span })

export const game = fc.record({
  steps: fc.array(step, { minLength: 20, maxLength: 60 }),
  endsLanded: fc.boolean(),
  /** With a small buffer, most is read from the log. */
  bufferBytesMax: fc.constantFrom(1, 10_000, 1_000_000),
})

/** Plays the steps, landing now and then. */
export async function play(
  past: Past,
  { steps, endsLanded }: { steps: readonly Step[]; endsLanded: boolean },
) {
  for (const id of BUYERS) {
    past.does("registerPlayer", { playerId: id, name: id, region: "eu-west" })
    past.does("grantGold", { playerId: id, amount: 1_000_000, reason: "a start" })
  }
  for (const { what, moveMs, doubled, landsAfter } of steps) {
    past.now += moveMs
    if ("name" in what) {
      const { name, input } = aimed(what, past.players)
      past.does(name, input)
    } else past.buysAtOnce(what.playerId, what.swordTypes)
    if (doubled) past.doubles()
    if (landsAfter) await past.land()
  }
  if (endsLanded) await past.land()
}
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never
export type Played = typeof game extends fc.Arbitrary<infer T> ? T : never
