import { describe, expect, it, test } from "vitest"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import type { Account, AnswerContext } from "../../src/load/account.js"
import { problemsOf } from "../../src/load/check.js"
import type { LoadCommand } from "../../src/load/command.js"
import { Ledger } from "../../src/load/ledger.js"
import type { MutationPayload } from "../../src/load/mutations.js"

function command(name: LoadCommand["name"], gold = 0, guild: string | null = null): LoadCommand {
  return { name, player: "p0", input: { swordType: "dagger" }, key: "k", gold, guild }
}

const buy = command("buySword", 25)
const grant = command("grantGold", 50)

function refusedWith(code: string): MutationPayload {
  return { refusal: { code }, position: "p", replayed: false, player: null }
}

/** A ledger of two players, whose first has sent what is given. */
function asking(...commands: readonly LoadCommand[]) {
  const ledger = new Ledger(["p0", "p1"])
  for (const one of commands) ledger.ask(one)
  return { ledger, ...accountsOf(ledger) }
}

function accountsOf(ledger: Ledger): { account: Account; other: Account } {
  const [account, other] = ledger.accounts
  if (account === undefined || other === undefined) throw new Error("no accounts")
  return { account, other }
}

/** What is known of the players once the command has been answered. */
function knownOf({ account, other }: { account: Account; other: Account }): AnswerContext {
  return {
    account,
    ranges: { player: account.watch()(), other: other.watch()() },
    catalogue: builtInCatalogue,
  }
}

describe("the gold that an answer may show", () => {
  it("allows both outcomes of what is in flight, and one of what is acknowledged", () => {
    const { ledger, account } = asking(buy, grant)
    ledger.apply({ kind: "grant", player: "p0", amount: 50 })
    ledger.ask(buy)
    const rangeNow = account.watch()
    ledger.ask(grant)

    // 1000 at the start; 50 certainly granted and 50 perhaps; 25 and 25 perhaps paid.
    expect(rangeNow().gold).toEqual({ low: 1000, high: 1100 })
  })

  it("forgets what was refused", () => {
    const { ledger, account } = asking(buy)
    const rangeNow = account.watch()
    ledger.release(buy)

    expect(rangeNow().gold).toEqual({ low: 1000, high: 1000 })
  })

  it("takes into account what others may give", () => {
    const gift = { ...command("gift"), player: "p1", other: "p0", input: { gold: 7 } }
    const { ledger, account, other } = asking(gift)

    expect([account, other].map(one => one.watch()().gold)).toEqual([
      { low: 1000, high: 1007 },
      { low: 993, high: 1000 },
    ])
    ledger.apply({ kind: "gift", player: "p1", other: "p0", id: "5-0", goods: { gold: 7, swords: [] } })
    expect([account.gold, other.gold]).toEqual([1007, 993])
  })
})

describe("a refusal", () => {
  const rich = (one: LoadCommand) => knownOf(asking(one))
  const poor = (one: LoadCommand) => knownOf(asking(one, command("buySword", 1000)))
  const inGuild = (one: LoadCommand) => {
    const { ledger, account, other } = asking(one)
    ledger.apply({ kind: "guild", player: "p0", guild: "knights" })
    return knownOf({ account, other })
  }
  const weak = (one: LoadCommand) => {
    const { ledger, account, other } = asking(one)
    ledger.apply({ kind: "fight", player: "p0", id: "9-0", gold: 0, health: 0 })
    return knownOf({ account, other })
  }
  const armed = (one: LoadCommand) => {
    const { ledger, account, other } = asking(one)
    ledger.apply({ kind: "purchase", player: "p0", id: "9-0", swordType: "dagger", price: 25 })
    return knownOf({ account, other })
  }
  const busy = (one: LoadCommand) => knownOf(asking(one, ...Array.from({ length: 20 }, () => one)))
  const dagger = { gold: 0, swords: [{ swordType: "dagger", count: 1 }] }
  const giving = { ...command("gift"), other: "p1", input: { swordType: "dagger" } }
  const offering = {
    ...command("offerTrade"),
    other: "p1",
    input: { gives: dagger, wants: { gold: 1, swords: [] } },
  }
  const open = { id: "7-0", from: "p1", to: "p0", gives: dagger, wants: { gold: 1, swords: [] } }
  const accepting = { ...command("acceptTrade"), other: "p1", trade: open }

  it.each<[string, LoadCommand, (one: LoadCommand) => AnswerContext]>([
    ["NOT_ENOUGH_GOLD", buy, poor],
    ["ALREADY_IN_GUILD", command("joinGuild"), inGuild],
    ["ALREADY_IN_GUILD", command("foundGuild"), inGuild],
    ["GUILD_FULL", command("joinGuild"), rich],
    ["GUILD_NOT_FOUND", command("joinGuild"), rich],
    ["GUILD_EXISTS", command("foundGuild"), rich],
    ["NOT_A_MEMBER", command("leaveGuild", 0, "knights"), rich],
    ["PLAYER_EXISTS", command("registerPlayer"), rich],
    ["SWORD_NOT_OWNED", command("sellSword", 12), rich],
    ["SWORD_NOT_OWNED", giving, rich],
    ["SWORD_NOT_OWNED", offering, rich],
    ["SWORD_NOT_OWNED", accepting, rich],
    ["TRADE_LIMIT", offering, busy],
    ["TOO_WEAK", command("fightMonster", 5), weak],
  ])("with %s can be right", (code, asked, known) => {
    const sent = { kind: "sent", payload: refusedWith(code), doubted: false } as const

    expect(problemsOf(asked, sent, known(asked))).toEqual([])
  })

  it.each<[string, LoadCommand, (one: LoadCommand) => AnswerContext]>([
    ["NOT_ENOUGH_GOLD", buy, rich],
    ["UNKNOWN_SWORD", buy, rich],
    ["PLAYER_NOT_FOUND", buy, rich],
    ["GOLD_LIMIT", grant, rich],
    ["ALREADY_IN_GUILD", command("joinGuild"), rich],
    ["NOT_A_MEMBER", command("leaveGuild", 0, "knights"), inGuild],
    ["GUILD_EXISTS", command("joinGuild"), rich],
    ["SWORD_NOT_OWNED", command("sellSword", 12), armed],
    ["SWORD_NOT_OWNED", giving, armed],
    ["SWORD_NOT_OWNED", offering, armed],
    ["NOT_ENOUGH_GOLD", giving, rich],
    ["NOT_ENOUGH_GOLD", accepting, rich],
    ["SAME_PLAYER", giving, rich],
    ["TRADE_NOT_FOUND", accepting, rich],
    ["TRADE_LIMIT", offering, rich],
    ["TOO_WEAK", command("fightMonster", 5), rich],
    ["UNKNOWN_MONSTER", command("fightMonster", 5), rich],
  ])("with %s cannot be right", (code, asked, known) => {
    const sent = { kind: "sent", payload: refusedWith(code), doubted: true } as const

    expect(problemsOf(asked, sent, known(asked))).toEqual([
      `${asked.name} p0 (k): refused with ${code}, which cannot be right`,
    ])
  })
})

test("a fight without health cannot have been answered", () => {
  const fighting = { ...command("fightMonster", 5), input: { monster: "rat" } }
  const { ledger, account, other } = asking(fighting)
  ledger.apply({ kind: "fight", player: "p0", id: "9-0", gold: 0, health: 0 })
  const fight = { id: "10-0", monster: { type: "rat" }, won: false, goldWon: 0, healthLost: 0 }
  const player = { id: "p0", gold: 1000, health: 0 }
  const payload = { refusal: null, position: "p", replayed: false, player, fight }
  const sent = { kind: "sent", payload, doubted: false } as const

  expect(problemsOf(fighting, sent, knownOf({ account, other }))).toEqual([
    "fightMonster p0 (k): fight 10-0: expected a refusal, as the player has no health",
  ])
})
