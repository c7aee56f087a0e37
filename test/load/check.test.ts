import { describe, expect, it } from "vitest"
import { problemsOf } from "../../src/load/check.js"
import type { LoadCommand } from "../../src/load/command.js"
import { Account } from "../../src/load/ledger.js"
import type { MutationPayload } from "../../src/load/mutations.js"

function command(name: LoadCommand["name"], gold = 0, guild: string | null = null): LoadCommand {
  return { name, player: "p0", input: { swordType: "dagger" }, key: "k", gold, guild }
}

const buy = command("buySword", 25)
const grant = command("grantGold", 50)

function refusedWith(code: string): MutationPayload {
  return { refusal: { code }, position: "p", replayed: false, player: null }
}

describe("the gold that an answer may show", () => {
  it("allows both outcomes of what is in flight, and one of what is acknowledged", () => {
    const account = new Account("p0")
    account.asked(buy)
    account.asked(grant)
    account.apply({ kind: "grant", player: "p0", amount: 50 })
    const goldNow = account.asked(buy)
    account.asked(grant)

    // 1000 at the start; 50 certainly granted and 50 perhaps; 25 and 25 perhaps paid.
    expect(goldNow()).toEqual({ low: 1000, high: 1100 })
  })

  it("forgets what was refused", () => {
    const account = new Account("p0")
    const goldNow = account.asked(buy)
    account.refused(buy)

    expect(goldNow()).toEqual({ low: 1000, high: 1000 })
  })
})

describe("a refusal", () => {
  const inGuild = new Account("p0")
  inGuild.apply({ kind: "guild", player: "p0", guild: "knights" })
  const alone = new Account("p0")
  const rich = { low: 1000, high: 1000 }
  const poor = { low: -1, high: 10 }

  it.each<[string, LoadCommand, Account, { low: number; high: number }]>([
    ["NOT_ENOUGH_GOLD", buy, alone, poor],
    ["ALREADY_IN_GUILD", command("joinGuild"), inGuild, rich],
    ["ALREADY_IN_GUILD", command("foundGuild"), inGuild, rich],
    ["GUILD_FULL", command("joinGuild"), alone, rich],
    ["GUILD_NOT_FOUND", command("joinGuild"), alone, rich],
    ["GUILD_EXISTS", command("foundGuild"), alone, rich],
    ["NOT_A_MEMBER", command("leaveGuild", 0, "knights"), alone, rich],
    ["PLAYER_EXISTS", command("registerPlayer"), alone, rich],
  ])("with %s can be right", (code, asked, account, gold) => {
    const sent = { kind: "sent", payload: refusedWith(code), doubted: false } as const

    expect(problemsOf(asked, sent, account, gold)).toEqual([])
  })

  it.each<[string, LoadCommand, Account]>([
    ["NOT_ENOUGH_GOLD", buy, alone],
    ["UNKNOWN_SWORD", buy, alone],
    ["PLAYER_NOT_FOUND", buy, alone],
    ["GOLD_LIMIT", grant, alone],
    ["ALREADY_IN_GUILD", command("joinGuild"), alone],
    ["NOT_A_MEMBER", command("leaveGuild", 0, "knights"), inGuild],
    ["GUILD_EXISTS", command("joinGuild"), alone],
  ])("with %s cannot be right", (code, asked, account) => {
    const sent = { kind: "sent", payload: refusedWith(code), doubted: true } as const

    expect(problemsOf(asked, sent, account, rich)).toEqual([
      `${asked.name} p0 (k): refused with ${code}, which cannot be right`,
    ])
  })
})
