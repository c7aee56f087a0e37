import { describe, expect, it } from "vitest"
import type { LoadCommand } from "../../../src/load/command.js"
import { Latencies } from "../../../src/load/latencies.js"
import { Ledger } from "../../../src/load/ledger.js"
import type { Interest } from "../../../src/load/subscribers/interest.js"
import { PurchasesCheck } from "../../../src/load/subscribers/purchasesCheck.js"

const command: LoadCommand = {
  ...{ name: "buySword", player: "p0", key: "k", gold: 25, guild: null },
  input: { playerId: "p0", swordType: "dagger", region: "eu" },
}

function newCheck(interest: Interest = { kind: "all" }) {
  const ledger = new Ledger(["p0"])
  const latencies = new Latencies()
  const found: string[] = []
  const find = (finding: string, text: string) => void found.push(`${finding}: ${text}`)
  const check = new PurchasesCheck(interest, { ledger, latencies, find })
  return {
    ...{ check, ledger, latencies, found },
    answer(id: string, answeredAt = 0): void {
      ledger.apply({ kind: "purchase", player: "p0", id, swordType: "dagger", price: 25 })
      check.promised({ command, purchaseId: id, answeredAt })
    },
    tell(id: string, at = 0, player = "p0", region = "eu"): void {
      const purchase = { id, price: 25, region, sword: { type: "dagger" }, player: { id: player } }
      check.received({ cursor: id, purchase }, at)
    },
  }
}

describe("a purchase that a subscriber receives", () => {
  it("may come before or after the answer", () => {
    const { check, latencies, found, answer, tell } = newCheck()
    answer("1-0", 10)
    expect(check.isComplete).toBe(false)
    tell("1-0", 15)
    tell("2-0", 20)
    answer("2-0", 40)
    check.end()

    expect({ found, isComplete: check.isComplete }).toEqual({ found: [], isComplete: true })
    expect(latencies.summary).toMatchObject({ count: 2, max: 5 })
  })

  it("must be within its filter", () => {
    const { found, answer, tell } = newCheck({ kind: "region", region: "eu" })
    answer("1-0")
    tell("1-0", 0, "p0", "us")

    expect(found).toContain("wrong: purchase 1-0 (p0 dagger 25 us) is outside its filter")
  })

  it("is in the log's order by number: 10-0 comes after 9-0, and 9-10 after 9-9", () => {
    const { check, found, answer, tell } = newCheck()
    for (const id of ["9-0", "9-9", "9-10", "10-0"]) {
      answer(id)
      tell(id)
    }
    check.end()

    expect(found).toEqual([])
  })

  it("is a duplicate, answered or not, even if others came in between", () => {
    const { found, answer, tell } = newCheck()
    tell("1-0")
    tell("2-0")
    answer("2-0")
    tell("1-0")
    tell("2-0")

    expect(found).toEqual(["doubled: purchase 1-0 came twice", "doubled: purchase 2-0 came twice"])
  })

  it("may be out of order for players of others too", () => {
    const { found, tell } = newCheck()
    tell("2-0", 0, "eve")
    tell("1-0", 0, "eve")

    expect(found).toEqual(["outOfOrder: purchase 1-0 came after 2-0"])
  })

  it("must have an id that gives its position", () => {
    const { found, tell } = newCheck()
    tell("first")

    expect(found).toEqual(["wrong: expected a purchase's id <offset>-<index>, got first"])
  })

  it("may belong to a command in doubt, but only one to each", () => {
    const { check, ledger, found, tell } = newCheck()
    ledger.inDoubt.push(command)
    tell("1-0")
    tell("2-0")
    check.end()

    expect(found).toEqual(["wrong: purchase 2-0 (p0 dagger 25 eu) was the answer to no command"])
  })
})
