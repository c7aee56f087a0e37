import { expect, it } from "vitest"
import type { LoadCommand } from "../../../src/load/command.js"
import { Ledger } from "../../../src/load/ledger.js"
import type { MutationName } from "../../../src/load/mutations.js"
import { Latencies } from "../../../src/load/subscribers/latencies.js"
import { PlayerCheck } from "../../../src/load/subscribers/playerCheck.js"

function command(name: MutationName): LoadCommand {
  return { name, player: "p0", input: {}, key: "k", gold: 0, guild: null }
}

function newCheck() {
  const ledger = new Ledger(["p0"])
  const latencies = new Latencies()
  const found: string[] = []
  const find = (finding: string, text: string) => void found.push(`${finding}: ${text}`)
  const check = new PlayerCheck("p0", { ledger, latencies, find })
  let cursors = 0
  return {
    ...{ check, ledger, latencies, found },
    answer: (name: MutationName, answeredAt = 0) =>
      check.promised({ command: command(name), purchaseId: null, answeredAt }),
    tell: (eventType: string, at = 0, cursor = String(cursors++)) => check.told({ cursor, eventType }, at),
  }
}

it("counts by type, and takes the first answered for the first told", () => {
  const { check, latencies, found, answer, tell } = newCheck()
  answer("grantGold", 10)
  answer("grantGold", 20)
  tell("GoldGranted", 14)
  expect(check.isComplete).toBe(false)
  tell("GoldGranted", 26)
  tell("SwordBought", 30)
  answer("buySword", 50)
  check.end()

  expect({ found, isComplete: check.isComplete }).toEqual({ found: [], isComplete: true })
  expect(latencies.summary).toMatchObject({ count: 3, max: 6 })
})

it("finds what is missing and what is too much", () => {
  const { check, found, answer, tell } = newCheck()
  answer("joinGuild")
  tell("GuildLeft")
  check.end()

  expect(found).toEqual(["missed: GuildJoined: expected 1, told 0", "doubled: GuildLeft: expected 0, told 1"])
})

it("knows a notice that came twice by its cursor", () => {
  const { check, found, answer, tell } = newCheck()
  answer("grantGold")
  tell("GoldGranted", 0, "same")
  tell("GoldGranted", 0, "same")
  check.end()

  expect(found).toEqual(["doubled: GoldGranted came twice"])
})

it("allows for commands in doubt, and for guilds dissolved by who leaves last", () => {
  const { check, ledger, found, answer, tell } = newCheck()
  ledger.inDoubt.push(command("grantGold"))
  tell("GoldGranted")
  answer("leaveGuild")
  tell("GuildLeft")
  tell("GuildDissolved")
  tell("GuildDissolved")
  check.end()

  expect(found).toEqual(["doubled: GuildDissolved: expected 0 to 1, told 2"])
})
