import { expect, it } from "vitest"
import { type InterestKind, interestOf } from "../../../src/load/subscribers/interest.js"

const swordTypes = Array.from({ length: 10 }, (_, i) => `sword-${i}`)
const players = Array.from({ length: 50 }, (_, i) => `p${i}`)

it("gives each of the first five subscribers a different kind", () => {
  const kinds = [0, 1, 2, 3, 4].map(index => interestOf(index, players, swordTypes).kind)

  expect(kinds).toEqual(["all", "region", "sword", "playerChanged", "player"])
})

it("gives most of them a player, and takes the regions and swords in turn", () => {
  const counts = new Map<InterestKind, number>()
  const topics = new Set<string>()
  const first200 = new Set<string>()
  for (let index = 0; index < 1000; index++) {
    const interest = interestOf(index, players, swordTypes)
    counts.set(interest.kind, (counts.get(interest.kind) ?? 0) + 1)
    topics.add(JSON.stringify(interest))
    if (index < 200) first200.add(JSON.stringify(interest))
  }

  expect(Object.fromEntries(counts)).toEqual({
    all: 10,
    region: 20,
    sword: 20,
    playerChanged: 100,
    player: 850,
  })
  expect([...first200].filter(topic => topic.includes("region"))).toHaveLength(4)
  expect([...topics].filter(topic => topic.includes("sword"))).toHaveLength(10)
})
