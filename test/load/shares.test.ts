import { describe, expect, it } from "vitest"
import { divide, sharesOf } from "../../src/load/shares.js"

describe("the shares of processes", () => {
  it("deal uniform players out evenly", () => {
    const shares = sharesOf(7, 0, 3)

    expect(shares.map(({ players }) => players)).toEqual([
      [0, 3, 6],
      [1, 4],
      [2, 5],
    ])
    expect(shares.map(({ part }) => part)).toEqual([3 / 7, 2 / 7, 2 / 7])
  })

  it.each([0.8, 1.5, 3])("leave each player's chance as it is: Zipf, exponent %s", exponent => {
    const [all] = sharesOf(50, exponent, 1)
    const whole = all?.weights.reduce((sum, weight) => sum + weight, 0) ?? 0

    const chances = new Map(
      sharesOf(50, exponent, 4).flatMap(({ players, weights, part }) => {
        const sum = weights.reduce((one, other) => one + other, 0)
        return players.map((player, i) => [player, (part * (weights[i] ?? 0)) / sum] as const)
      }),
    )

    expect(chances.size).toBe(50)
    for (const player of all?.players ?? []) {
      expect(chances.get(player)).toBeCloseTo((all?.weights[player] ?? 0) / whole, 12)
    }
  })

  it("are as even as a Zipf law allows", () => {
    const parts = sharesOf(1000, 1, 4).map(({ part }) => part)

    for (const part of parts) expect(part).toBeCloseTo(0.25, 2)
  })

  it("give each process a player, however steep the law", () => {
    expect(sharesOf(4, 10, 4).map(({ players }) => players)).toEqual([[0], [1], [2], [3]])
  })
})

describe("a whole number that is divided", () => {
  it.each([
    [10, [0.5, 0.5], [5, 5]],
    [10, [1 / 3, 1 / 3, 1 / 3], [3, 4, 3]],
    [1, [0.2, 0.3, 0.5], [0, 1, 0]],
    [0, [0.5, 0.5], [0, 0]],
  ])("%i by %j", (count, parts, expected) => {
    expect(divide(count, parts)).toEqual(expected)
  })
})
