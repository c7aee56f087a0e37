import { describe, expect, test } from "vitest"
import { FoldedTypes, otherBuild } from "../../src/projections/foldedTypes.js"
import { Chain } from "../log/support/judging.js"
import { granted, registered } from "../support/events.js"

describe("the event types of a checkpoint", () => {
  test("are those of effective commits, each once, on top of those before", async () => {
    const chain = new Chain()
      .add(["player/bob"], [registered("bob")])
      .add(["player/bob"], [granted("bob", 1), granted("bob", 2)])
      .add(["player/bob"], [{ type: "DragonTamed", v: 2, data: { player: "bob" } }])
      .addRival({ "player/bob": null }, [{ type: "DragonLost", v: 1, data: { player: "bob" } }])
      .add(["player/bob"], [granted("bob", 0)])
    const types = new FoldedTypes({ folded: ["GuildLeft@1"], frozen: ["DragonFed@1"] })

    for (const { effect } of await chain.judged()) types.take(effect)

    expect(types.lists).toEqual({
      folded: ["GoldGranted@1", "GuildLeft@1", "PlayerRegistered@1"],
      frozen: ["DragonFed@1", "DragonTamed@2"],
    })
  })
})

describe("views", () => {
  const readable = new Set(["SwordBought@1", "SwordBought@2", "PlayerRested@1"])
  const other = (folded: string[], frozen: string[]) =>
    otherBuild({ generation: "3.1", folded, frozen }, readable)?.code ?? null

  test.each<[string[], string[], string | null]>([
    [[], [], null],
    [["SwordBought@1", "SwordBought@2"], [], null],
    [["PlayerRested@1"], ["DragonTamed@1", "PlayerRested@2"], null],
    [["SwordBought@3"], [], "NEEDS_NEWER_BUILD"],
    [["DragonTamed@1"], ["SwordBought@1"], "NEEDS_NEWER_BUILD"],
    [["SwordBought@1"], ["PlayerRested@1"], "VIEWS_UNAVAILABLE"],
  ])("with %j folded and %j frozen: %s", (folded, frozen, expected) => {
    expect(other(folded, frozen)).toBe(expected)
  })
})
