import { describe, expect, test } from "vitest"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { pageCursor } from "../../src/resolvers/pageCursor.js"
import { positionText } from "../../src/resolvers/position.js"
import { recordNew } from "../support/game.js"
import { type Asking, askingOf, codeOf, newAsking } from "./support/asking.js"

const foundGuild = ({ ask }: Pick<Asking, "ask">, founderId: string, name: string) =>
  ask(
    `mutation ($founderId: ID!, $name: String!) {
    foundGuild(input: { founderId: $founderId, name: $name }) { position }
  }`,
    { founderId, name },
  )

const joinGuild = ({ ask }: Pick<Asking, "ask">, playerId: string, guildId: string) =>
  ask(
    `mutation ($playerId: ID!, $guildId: ID!) {
    joinGuild(input: { playerId: $playerId, guildId: $guildId }) { position }
  }`,
    { playerId, guildId },
  )

describe("the catalogue", () => {
  test("has all swords and monsters", async () => {
    const { ask } = await newAsking()

    const { data } = await ask("{ swords { type name price power } monsters { type name strength gold } }")

    const { swords, monsters } = builtInCatalogue
    expect(data).toEqual({ swords, monsters })
  })
})

describe("player and guild", () => {
  test("are null where there is none", async () => {
    const { ask } = await newAsking()

    const answer = await ask('{ player(id: "nobody") { id } guild(id: "nothing") { id } }')

    expect(answer).toEqual({ data: { player: null, guild: null } })
  })

  test.each([
    ['player(id: "al ice")', "id: expected an id of 1 to 64 characters"],
    ['guild(id: "Knights!")', "id: expected a guild id of 1 to 64 characters"],
    ['players(ids: ["alice", "{}"])', "ids[1]: expected an id of 1 to 64 characters"],
  ])("%s is BAD_USER_INPUT that names the argument", async (field, message) => {
    const { ask } = await newAsking()

    const answer = await ask(`{ ${field} { id } }`)

    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toContain(message)
  })

  test("see every mutation that this process has answered, before the views have it", async () => {
    const { game, ask, register } = await newAsking()
    await register("alice", "bob")
    await foundGuild({ ask }, "alice", "Knights")
    game.viewServer.share = 1 // The projector can write nothing.
    await joinGuild({ ask }, "bob", "knights")

    const { data } = await ask(`{
      player(id: "bob") { guild { memberCount } }
      guild(id: "knights") { members { edges { node { id guild { id } } } } }
    }`)

    const guild = { id: "knights" }
    const edges = [{ node: { id: "alice", guild } }, { node: { id: "bob", guild } }]
    expect(data).toEqual({ player: { guild: { memberCount: 2 } }, guild: { members: { edges } } })
  })

  test("answer VIEWS_UNAVAILABLE within the deadline when the views are away", async () => {
    const { game, ask } = await newAsking({ queryDeadlineMs: 200 })
    game.viewServer.cut("game")

    const answer = await ask('{ player(id: "alice") { id } swords { type } }')

    expect(answer.errors?.[0]?.extensions).toEqual({ code: "VIEWS_UNAVAILABLE", retryable: true })
    expect(answer.data).toMatchObject({ player: null, swords: expect.any(Array) })
  })

  test("that are frozen answer their own fault; the others of the request are answered", async () => {
    const { game, ask, register } = await newAsking()
    await register("alice")
    await recordNew(game, "bob", { type: "FromTheFuture", v: 1, data: { player: "bob" } })

    const answer = await ask('{ players(ids: ["alice", "bob"]) { id } }')

    expect(answer.data).toEqual({ players: [{ id: "alice" }, null] })
    expect(answer.errors).toMatchObject([
      { path: ["players", 1], extensions: { code: "NEEDS_NEWER_BUILD", retryable: false } },
    ])
  })
})

describe("players", () => {
  test("come in the order requested, null where there is none", async () => {
    const { ask, register } = await newAsking()
    await register("alice", "bob")

    const { data } = await ask('{ players(ids: ["bob", "nobody", "alice", "bob"]) { id } }')

    expect(data.players).toEqual([{ id: "bob" }, null, { id: "alice" }, { id: "bob" }])
  })

  test("are at most 100", async () => {
    const { ask } = await newAsking()
    const ids = (count: number) => Array.from({ length: count }, (_, i) => `p${i}`)
    const query = "query ($ids: [ID!]!) { players(ids: $ids) { id } }"

    const most = await ask(query, { ids: ids(100) })
    const more = await ask(query, { ids: ids(101) })

    expect(most.data.players).toHaveLength(100)
    expect(more.errors?.[0]?.message).toBe("ids: expected at most 100 ids, got 101")
    expect(codeOf(more)).toBe("BAD_USER_INPUT")
  })

  test("are read together, in one call of the store", async () => {
    const { game } = await newAsking()
    let reads = 0
    const stateReader = {
      checkpoint: null,
      list: game.stateReader.list.bind(game.stateReader),
      top: game.stateReader.top.bind(game.stateReader),
      read: (...args: Parameters<typeof game.stateReader.read>) => {
        reads += 1
        return game.stateReader.read(...args)
      },
    }
    const { ask } = askingOf({ ...game, stateReader })

    const { errors } = await ask(
      '{ a: player(id: "a") { id } b: player(id: "b") { id } c: players(ids: ["c", "a"]) { id } }',
    )

    expect(errors).toBeUndefined()
    expect(reads).toBe(1)
  })
})

describe("atLeast", () => {
  const QUERY =
    'query ($at: Position) { player(id: "alice", atLeast: $at) { id } guild(id: "knights", atLeast: $at) { id } }'

  test("waits until this process has read up to it", async () => {
    const { game, ask, register } = await newAsking()
    await register("alice")
    const at = positionText(game.tail.genesis.logId, game.tail.position + 1)

    const answering = ask(QUERY, { at })
    await register("bob")

    expect(await answering).toEqual({ data: { player: { id: "alice" }, guild: null } })
  })

  test("answers VIEWS_BEHIND at the deadline", async () => {
    const { game, ask } = await newAsking({ queryDeadlineMs: 100 })
    const at = positionText(game.tail.genesis.logId, 1_000_000)

    const answer = await ask(QUERY, { at })

    expect(answer.data).toEqual({ player: null, guild: null })
    const extensions = { code: "VIEWS_BEHIND", retryable: true }
    expect(answer.errors).toMatchObject([{ extensions }, { extensions }])
    // It must not wait for ever for a position that never comes.
    expect(game.tail.waiting).toBe(0)
  })

  test("shows what happened before it, even to a request that has read the player before", async () => {
    const { game, ask, register } = await newAsking()
    await register("alice")
    let wasRead = () => {}
    const firstRead = new Promise<void>(resolve => {
      wasRead = resolve
    })
    const read: typeof game.stateReader.read = async (...args) => {
      const view = await game.stateReader.read(...args)
      setImmediate(wasRead)
      return view
    }
    const list = game.stateReader.list.bind(game.stateReader)
    const top = game.stateReader.top.bind(game.stateReader)
    const stateReader = { checkpoint: null, list, top, read }
    const at = positionText(game.tail.genesis.logId, game.tail.position + 1)

    const answering = askingOf({ ...game, stateReader }).ask(
      'query ($at: Position) { now: player(id: "alice") { gold } later: player(id: "alice", atLeast: $at) { gold } }',
      { at },
    )
    await firstRead
    await ask('mutation { buySword(input: { playerId: "alice", swordType: "dagger" }) { position } }')

    const { data } = await answering
    expect(data).toEqual({ now: { gold: 1000 }, later: { gold: 975 } })
  })

  test.each([
    ["nonsense", "nonsense"],
    ["empty", ""],
    ["of another log", positionText("another", 1)],
    ["without an offset", Buffer.from("log:").toString("base64url")],
    ["of 100,000 characters", "A".repeat(100_000)],
  ])("that is %s is BAD_USER_INPUT, in a variable and as a literal", async (_, at) => {
    const { ask } = await newAsking()

    const inVariable = await ask(QUERY, { at })
    const literal = await ask(`{ player(id: "alice", atLeast: "${at}") { id } }`)

    for (const answer of [inVariable, literal]) {
      expect(codeOf(answer)).toBe("BAD_USER_INPUT")
      expect(answer.errors?.[0]?.message).toMatch(/^atLeast: expected a position/)
      expect(answer.errors?.[0]?.message.length).toBeLessThan(300)
    }
  })

  test("accepts the position of a payload", async () => {
    const { ask, register } = await newAsking()
    await register("alice")
    const bought = await ask(
      'mutation { buySword(input: { playerId: "alice", swordType: "dagger" }) { position } }',
    )

    const answer = await ask(QUERY, { at: bought.data.buySword.position })

    expect(answer.data.player).toEqual({ id: "alice" })
  })
})

describe("guilds", () => {
  const QUERY = `query ($first: Int, $after: Cursor) {
    guilds(first: $first, after: $after) { edges { cursor node { id } } pageInfo { hasNextPage endCursor } }
  }`

  test("come page by page, by id", async () => {
    const asking = await newAsking()
    await asking.register("a", "b", "c")
    await foundGuild(asking, "a", "Wolves")
    await foundGuild(asking, "b", "Bears")
    await foundGuild(asking, "c", "Foxes")
    await asking.game.projected()

    const one = await asking.ask(QUERY, { first: 2 })
    const two = await asking.ask(QUERY, { first: 2, after: one.data.guilds.pageInfo.endCursor })

    const ids = ({ data }: typeof one) =>
      data.guilds.edges.map((edge: { node: { id: string } }) => edge.node.id)
    expect(ids(one)).toEqual(["bears", "foxes"])
    expect(one.data.guilds.pageInfo.hasNextPage).toBe(true)
    expect(ids(two)).toEqual(["wolves"])
    expect(two.data.guilds.pageInfo.hasNextPage).toBe(false)
    expect(two.data.guilds.pageInfo.endCursor).toBe(two.data.guilds.edges[0].cursor)
  })

  test("without any have no end cursor", async () => {
    const { ask } = await newAsking()

    const { data } = await ask(QUERY)

    expect(data.guilds).toEqual({ edges: [], pageInfo: { hasNextPage: false, endCursor: null } })
  })

  test("that were dissolved since the list was made are left out, and the page goes on behind them", async () => {
    const asking = await newAsking()
    await asking.register("a", "b")
    await foundGuild(asking, "a", "Bears")
    await foundGuild(asking, "b", "Wolves")
    await asking.game.projected()
    asking.game.viewServer.share = 1 // The projector can write nothing.
    await asking.ask('mutation { leaveGuild(input: { playerId: "a", guildId: "bears" }) { position } }')

    const one = await asking.ask(QUERY, { first: 1 })
    const two = await asking.ask(QUERY, { first: 1, after: one.data.guilds.pageInfo.endCursor })

    expect(one.data.guilds.edges).toEqual([])
    expect(one.data.guilds.pageInfo.hasNextPage).toBe(true)
    expect(two.data.guilds.edges).toMatchObject([{ node: { id: "wolves" } }])
  })
})

describe("a guild's members", () => {
  test("come page by page, by id", async () => {
    const asking = await newAsking()
    await asking.register("carol", "alice", "bob")
    await foundGuild(asking, "carol", "Knights")
    await joinGuild(asking, "alice", "knights")
    await joinGuild(asking, "bob", "knights")
    const query = `query ($after: Cursor) { guild(id: "knights") {
      memberCount members(first: 2, after: $after) { edges { node { id name } } pageInfo { hasNextPage endCursor } }
    } }`

    const one = await asking.ask(query)
    const two = await asking.ask(query, { after: one.data.guild.members.pageInfo.endCursor })

    expect(one.data.guild.memberCount).toBe(3)
    expect(one.data.guild.members.edges).toMatchObject([{ node: { id: "alice" } }, { node: { id: "bob" } }])
    expect(one.data.guild.members.pageInfo.hasNextPage).toBe(true)
    expect(two.data.guild.members.edges).toMatchObject([{ node: { id: "carol", name: "Name of carol" } }])
    expect(two.data.guild.members.pageInfo.hasNextPage).toBe(false)
  })
})

describe("first and after", () => {
  const fields = {
    guilds: (args: string) => `{ guilds(${args}) { edges { cursor } } }`,
    members: (args: string) => `{ guild(id: "knights") { members(${args}) { edges { cursor } } } }`,
    purchases: (args: string) => `{ player(id: "alice") { purchases(${args}) { edges { cursor } } } }`,
  }

  test.each(
    Object.entries(fields).flatMap(([name, query]) =>
      [0, -1, 101].map(first => [name, query(`first: ${first}`), first] as const),
    ),
  )("%s: %s is BAD_USER_INPUT", async (_, query, first) => {
    const asking = await newAsking()
    await asking.register("alice")
    await foundGuild(asking, "alice", "Knights")

    const answer = await asking.ask(query)

    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toBe(`first: expected a whole number from 1 to 100, got ${first}`)
  })

  const cursor = (text: string) => Buffer.from(text).toString("base64url")
  const wrong = [
    "nonsense",
    "",
    cursor("guilds:"),
    cursor("members:a b"),
    cursor("purchases:x"),
    "A".repeat(9000),
  ]

  test.each(
    Object.entries(fields).flatMap(([name, query]) =>
      wrong.map(after => [name, after.slice(0, 20), query(`after: "${after}"`)] as const),
    ),
  )("%s: after %j is BAD_USER_INPUT", async (name, _, query) => {
    const asking = await newAsking()
    await asking.register("alice")
    await foundGuild(asking, "alice", "Knights")

    const answer = await asking.ask(query)

    expect(codeOf(answer)).toBe("BAD_USER_INPUT")
    expect(answer.errors?.[0]?.message).toContain(`after: expected a cursor of a page of ${name}`)
  })

  test.each([
    ["guilds", "knights"],
    ["members", "alice"],
    ["purchases", "5-0"],
  ] as const)("%s: after a cursor of another log is CURSOR_TOO_OLD", async (name, key) => {
    const asking = await newAsking()
    await asking.register("alice")
    await foundGuild(asking, "alice", "Knights")

    const answer = await asking.ask(fields[name](`after: "${pageCursor("another-log", name, key)}"`))

    expect(codeOf(answer)).toBe("CURSOR_TOO_OLD")
    expect(answer.errors?.[0]?.message).toContain("got one of another log")
  })
})

describe("status", () => {
  test("reports how far this process is", async () => {
    const { game, ask, register } = await newAsking()
    await register("alice")
    await game.projected()

    const { data } = await ask("{ status { realm logId head tail projected engines { log views } ready } }")

    const { logId } = game.tail.genesis
    const engines = { log: "fake log", views: "fake views" }
    expect(data.status).toEqual({ realm: 0, logId, head: 2, tail: 2, projected: 2, engines, ready: true })
  })

  test("reports when it is not ready", async () => {
    const { game, ask } = await newAsking()
    game.reasons = ["the log is away"]

    const { data } = await ask("{ status { ready } }")

    expect(data.status.ready).toBe(false)
  })
})
