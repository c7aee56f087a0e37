import { expect, it } from "vitest"
import type { LoadCommand } from "../../../src/load/command.js"
import { Latencies } from "../../../src/load/latencies.js"
import { Ledger } from "../../../src/load/ledger.js"
import type { MutationName } from "../../../src/load/mutations.js"
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
    receive: (eventType: string, at = 0, cursor = String(cursors++)) =>
      check.received({ cursor, eventType }, at),
  }
}

it("counts by type, and matches the first notice with the first answer", () => {
  const { check, latencies, found, answer, receive } = newCheck()
  answer("grantGold", 10)
  answer("grantGold", 20)
  receive("GoldGranted", 14)
  expect(check.isComplete).toBe(false)
  receive("GoldGranted", 26)
  receive("SwordBought", 30)
  answer("buySword", 50)
  check.end()

  expect({ found, isComplete: check.isComplete }).toEqual({ found: [], isComplete: true })
  expect(latencies.summary).toMatchObject({ count: 3, max: 6 })
})

it("finds what is missing and what is surplus", () => {
  const { check, found, answer, receive } = newCheck()
  answer("joinGuild")
  receive("GuildLeft")
  check.end()

  expect(found).toEqual([
    "missed: GuildJoined: expected 1, received 0",
    "doubled: GuildLeft: expected 0, received 1",
  ])
})

it("recognizes a notice that came twice by its cursor", () => {
  const { check, found, answer, receive } = newCheck()
  answer("grantGold")
  receive("GoldGranted", 0, "same")
  receive("GoldGranted", 0, "same")
  check.end()

  expect(found).toEqual(["doubled: GoldGranted came twice"])
})

it("allows for commands in doubt, and for guilds dissolved when the last member leaves", () => {
  const { check, ledger, found, answer, receive } = newCheck()
  ledger.inDoubt.push(command("grantGold"))
  receive("GoldGranted")
  answer("leaveGuild")
  receive("GuildLeft")
  receive("GuildDissolved")
  receive("GuildDissolved")
  check.end()

  expect(found).toEqual(["doubled: GuildDissolved: expected 0 to 1, received 2"])
})
