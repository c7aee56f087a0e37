import { describe, expect, test } from "vitest"
import { type Asking, codeOf, newAsking } from "./support/asking.js"

const QUERY = `query ($board: Board!, $first: Int) {
  leaderboard(board: $board, first: $first) { rank score player { id } guild { id } }
}`

const grant = ({ ask }: Asking, playerId: string, amount: number) =>
  ask(
    `mutation ($playerId: ID!, $amount: SafeInt!) {
    grantGold(input: { playerId: $playerId, amount: $amount, reason: "a quest" }) { position }
  }`,
    { playerId, amount },
  )

const buy = ({ ask }: Asking, playerId: string) =>
  ask(`mutation { buySword(input: { playerId: "${playerId}", swordType: "dagger" }) { position } }`)

const found = ({ ask }: Asking, founderId: string, name: string) =>
  ask(`mutation { foundGuild(input: { founderId: "${founderId}", name: "${name}" }) { position } }`)

const join = ({ ask }: Asking, playerId: string, guildId: string) =>
  ask(`mutation { joinGuild(input: { playerId: "${playerId}", guildId: "${guildId}" }) { position } }`)

describe("a leaderboard", () => {
  test("of GOLD ranks players: equal gold shares a rank, by id, and the next rank counts them all", async () => {
    const asking = await newAsking()
    await asking.register("dave", "carol", "bob", "alice")
    await grant(asking, "dave", 1_000_000_000)
    for (const player of ["bob", "carol"]) await grant(asking, player, 7)
    await asking.game.projected()

    const { data, errors } = await asking.ask(QUERY, { board: "GOLD" })

    expect(errors).toBeUndefined()
    expect(data.leaderboard).toEqual([
      { rank: 1, score: 1_000_001_000, player: { id: "dave" }, guild: null },
      { rank: 2, score: 1007, player: { id: "bob" }, guild: null },
      { rank: 2, score: 1007, player: { id: "carol" }, guild: null },
      { rank: 4, score: 1000, player: { id: "alice" }, guild: null },
    ])
  })

  test("of SWORDS ranks players by how many they own, those without any too", async () => {
    const asking = await newAsking()
    await asking.register("alice", "bob")
    await found(asking, "alice", "Bob")
    await buy(asking, "bob")
    await buy(asking, "bob")
    await asking.game.projected()

    const { data } = await asking.ask(QUERY, { board: "SWORDS" })

    expect(data.leaderboard).toEqual([
      { rank: 1, score: 2, player: { id: "bob" }, guild: null },
      { rank: 2, score: 0, player: { id: "alice" }, guild: null },
    ])
  })

  test("of GUILD_SIZE ranks guilds by their members, without those that are dissolved", async () => {
    const asking = await newAsking()
    // A player may have the same name as a guild.
    await asking.register("a", "b", "c", "d", "foxes")
    await found(asking, "a", "Bears")
    await found(asking, "b", "Foxes")
    await found(asking, "d", "Wolves")
    await join(asking, "c", "foxes")
    await asking.ask('mutation { leaveGuild(input: { playerId: "d", guildId: "wolves" }) { position } }')
    await asking.game.projected()

    const { data } = await asking.ask(QUERY, { board: "GUILD_SIZE" })

    expect(data.leaderboard).toEqual([
      { rank: 1, score: 2, player: null, guild: { id: "foxes" } },
      { rank: 2, score: 1, player: null, guild: { id: "bears" } },
    ])
  })

  test.each(["GOLD", "SWORDS", "GUILD_SIZE"])("of %s without anybody is empty", async board => {
    const { ask } = await newAsking()

    expect(await ask(QUERY, { board })).toEqual({ data: { leaderboard: [] } })
  })

  test("has 10 rows by default, at most 100, and ranks do not depend on how many are requested", async () => {
    const asking = await newAsking()
    await asking.register(...Array.from({ length: 12 }, (_, i) => `p${10 + i}`))
    await grant(asking, "p21", 1)
    await asking.game.projected()
    const all = (await asking.ask(QUERY, { board: "GOLD", first: 100 })).data.leaderboard

    expect(all).toHaveLength(12)
    expect(all.map(({ rank }: { rank: number }) => rank)).toEqual([1, ...Array(11).fill(2)])
    const three = await asking.ask(QUERY, { board: "GOLD", first: 3 })
    expect(three.data.leaderboard).toEqual(all.slice(0, 3))
    for (const query of [
      "{ leaderboard(board: GOLD) { rank } }",
      "{ leaderboard(board: GOLD, first: null) { rank } }",
    ])
      expect((await asking.ask(query)).data.leaderboard).toHaveLength(10)
  })

  test("is as of the views, each player as of now, and a guild dissolved since is null", async () => {
    const asking = await newAsking()
    await asking.register("alice")
    await found(asking, "alice", "Knights")
    await asking.game.projected()
    asking.game.viewServer.share = 1 // The projector can write nothing.
    await grant(asking, "alice", 5)
    await asking.ask('mutation { leaveGuild(input: { playerId: "alice", guildId: "knights" }) { position } }')

    const { data } = await asking.ask(`{
      gold: leaderboard(board: GOLD) { score player { gold } }
      size: leaderboard(board: GUILD_SIZE) { score guild { id } }
    }`)

    expect(data.gold).toEqual([{ score: 1000, player: { gold: 1005 } }])
    expect(data.size).toEqual([{ score: 1, guild: null }])
  })

  test.each([0, -1, 101])("of %d rows is BAD_USER_INPUT that names the argument", async first => {
    const { ask } = await newAsking()

    const answer = await ask(QUERY, { board: "GOLD", first })

    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toBe(`first: expected a whole number from 1 to 100, got ${first}`)
  })

  test("that does not exist is refused", async () => {
    const { ask } = await newAsking()

    expect((await ask("{ leaderboard(board: DRAGONS) { rank } }")).errors?.[0]?.message).toContain("DRAGONS")
    expect((await ask(QUERY, { board: "gold" })).errors?.[0]?.message).toContain("Board")
  })

  test("answers VIEWS_UNAVAILABLE when the views are away; other fields of the request are answered", async () => {
    const { game, ask } = await newAsking()
    game.viewServer.cut("game")

    const answer = await ask("{ leaderboard(board: GOLD) { rank } }")

    expect(answer.errors).toMatchObject([
      { path: ["leaderboard"], extensions: { code: "VIEWS_UNAVAILABLE", retryable: true } },
    ])
  })
})
