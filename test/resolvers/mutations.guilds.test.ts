import { describe, expect, test } from "vitest"
import { type Asking, newAsking } from "./support/asking.js"

const PAYLOAD = `
  guild { id name capacity memberCount founder { id } members { edges { node { id } } } }
  player { id version guild { id } }
  refusal { code message } position replayed`

const FOUND = `mutation ($input: FoundGuildInput!) { answer: foundGuild(input: $input) { ${PAYLOAD} } }`
const JOIN = `mutation ($input: JoinGuildInput!) { answer: joinGuild(input: $input) { ${PAYLOAD} } }`
const LEAVE = `mutation ($input: LeaveGuildInput!) { answer: leaveGuild(input: $input) { ${PAYLOAD} } }`

/** The Knights, founded by alice. */
async function knights({ ask, register }: Asking, capacity = 2): Promise<void> {
  await register("alice", "bob", "carol")
  await ask(FOUND, { input: { founderId: "alice", name: "Knights", capacity } })
}

describe("foundGuild", () => {
  test("makes a guild whose id is the slug of its name, with the founder as its first member", async () => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data } = await ask(FOUND, {
      input: { founderId: "alice", name: "The  Knights, of Ni!", capacity: 3 },
    })

    expect(data.answer.guild).toEqual({
      id: "the-knights-of-ni",
      name: "The  Knights, of Ni!",
      capacity: 3,
      memberCount: 1,
      founder: { id: "alice" },
      members: { edges: [{ node: { id: "alice" } }] },
    })
    expect(data.answer.player).toEqual({ id: "alice", version: 2, guild: { id: "the-knights-of-ni" } })
  })

  test.each([
    ["left out", {}],
    ["null", { capacity: null }],
  ])("holds 50 members if the capacity is %s", async (_, capacity) => {
    const { ask, register } = await newAsking()
    await register("alice")

    const { data } = await ask(FOUND, { input: { founderId: "alice", name: "Knights", ...capacity } })

    expect(data.answer.guild.capacity).toBe(50)
  })

  test.each([
    ["PLAYER_NOT_FOUND", { founderId: "nobody", name: "Rogues" }],
    ["ALREADY_IN_GUILD", { founderId: "alice", name: "Rogues" }],
    ["GUILD_EXISTS", { founderId: "bob", name: "knights" }],
  ])("%s: refuses and records nothing", async (code, input) => {
    const asking = await newAsking()
    await knights(asking)
    const { length } = asking.game.logServer.records

    const { data, errors } = await asking.ask(FOUND, { input })

    expect(errors).toBeUndefined()
    expect(data.answer.refusal.code).toBe(code)
    expect(asking.game.logServer.records).toHaveLength(length)
  })
})

describe("joinGuild", () => {
  test("adds a member", async () => {
    const asking = await newAsking()
    await knights(asking)

    const { data } = await asking.ask(JOIN, { input: { playerId: "bob", guildId: "knights" } })

    expect(data.answer.guild).toMatchObject({ memberCount: 2, founder: { id: "alice" } })
    expect(data.answer.guild.members.edges).toEqual([{ node: { id: "alice" } }, { node: { id: "bob" } }])
    expect(data.answer.player).toEqual({ id: "bob", version: 2, guild: { id: "knights" } })
  })

  test.each([
    ["PLAYER_NOT_FOUND", { playerId: "nobody", guildId: "knights" }],
    ["GUILD_NOT_FOUND", { playerId: "bob", guildId: "rogues" }],
    ["ALREADY_IN_GUILD", { playerId: "alice", guildId: "knights" }],
  ])("%s: refuses and records nothing", async (code, input) => {
    const asking = await newAsking()
    await knights(asking)
    const { length } = asking.game.logServer.records

    const { data, errors } = await asking.ask(JOIN, { input })

    expect(errors).toBeUndefined()
    expect(data.answer.refusal.code).toBe(code)
    expect(asking.game.logServer.records).toHaveLength(length)
  })

  test("GUILD_FULL: refuses, and shows the full guild", async () => {
    const asking = await newAsking()
    await knights(asking, 2)
    await asking.ask(JOIN, { input: { playerId: "bob", guildId: "knights" } })

    const { data } = await asking.ask(JOIN, { input: { playerId: "carol", guildId: "knights" } })

    expect(data.answer).toMatchObject({ refusal: { code: "GUILD_FULL" }, guild: { memberCount: 2 } })
    expect(data.answer.player.guild).toBeNull()
  })
})

describe("leaveGuild", () => {
  test("removes a member; a founder may leave too", async () => {
    const asking = await newAsking()
    await knights(asking)
    await asking.ask(JOIN, { input: { playerId: "bob", guildId: "knights" } })

    const { data } = await asking.ask(LEAVE, { input: { playerId: "alice", guildId: "knights" } })

    expect(data.answer.guild).toMatchObject({ memberCount: 1, founder: { id: "alice" } })
    expect(data.answer.player.guild).toBeNull()
  })

  test("by the last member dissolves the guild: it is null, and its id is free", async () => {
    const asking = await newAsking()
    await knights(asking)

    const left = await asking.ask(LEAVE, { input: { playerId: "alice", guildId: "knights" } })
    const founded = await asking.ask(FOUND, { input: { founderId: "bob", name: "Knights" } })

    expect(left.data.answer).toMatchObject({ guild: null, refusal: null })
    expect(founded.data.answer.guild).toMatchObject({ id: "knights", founder: { id: "bob" } })
  })

  test.each([
    ["PLAYER_NOT_FOUND", { playerId: "nobody", guildId: "knights" }],
    ["NOT_A_MEMBER", { playerId: "bob", guildId: "knights" }],
    ["NOT_A_MEMBER", { playerId: "bob", guildId: "rogues" }],
  ])("%s: refuses and records nothing", async (code, input) => {
    const asking = await newAsking()
    await knights(asking)
    const { length } = asking.game.logServer.records

    const { data, errors } = await asking.ask(LEAVE, { input })

    expect(errors).toBeUndefined()
    expect(data.answer.refusal.code).toBe(code)
    expect(asking.game.logServer.records).toHaveLength(length)
  })
})

test("a key used again answers with the guild as of now", async () => {
  const asking = await newAsking()
  await knights(asking)
  const input = { playerId: "bob", guildId: "knights", idempotencyKey: "one" }
  const first = await asking.ask(JOIN, { input })
  await asking.ask(LEAVE, { input: { playerId: "alice", guildId: "knights" } })

  const again = await asking.ask(JOIN, { input })

  expect(again.data.answer).toMatchObject({ replayed: true, position: first.data.answer.position })
  expect(again.data.answer.guild).toMatchObject({ memberCount: 1 })
})
