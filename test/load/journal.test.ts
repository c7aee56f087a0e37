import { appendFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { expect, it } from "vitest"
import type { LoadCommand } from "../../src/load/command.js"
import { Journal, readJournal } from "../../src/load/journal.js"
import { temporaryFolder } from "../support/folder.js"

function leave(key: string): LoadCommand {
  return { name: "leaveGuild", player: "p0", input: {}, key, gold: 0, guild: "knights" }
}

const NOTHING = { gold: 0, swords: [] }
const open = { id: "3-0", from: "p1", to: "p0", gives: { gold: 5, swords: [] }, wants: NOTHING }

async function written(): Promise<string> {
  const path = join(await temporaryFolder(), "journal")
  const journal = new Journal(path)
  await journal.start("p0", {
    ...{ gold: 100, health: 80, swords: new Map([["dagger", 2]]), guild: "knights" },
    ...{ trades: new Map(), offers: new Map([[open.id, open]]) },
  })
  await journal.write({ kind: "grant", player: "p0", amount: 50 })
  await journal.write({ kind: "purchase", player: "p0", id: "7-0", swordType: "dagger", price: 25 })
  await journal.write({ kind: "rest", player: "p0", health: 100 })
  await journal.write({ kind: "sale", player: "p0", swordType: "dagger", price: 12 })
  await journal.write({ kind: "inDoubt", command: leave("settled-later") })
  await journal.write({ kind: "inDoubt", command: leave("never-settled") })
  await journal.write({ kind: "settled", player: "p0", key: "settled-later" })
  await journal.close()
  return path
}

it("restores the account of each player, and what is still in doubt", async () => {
  const ledger = await readJournal(await written())

  const account = ledger.account("p0")
  expect(account?.state).toEqual({
    ...{ gold: 137, health: 100, swords: new Map([["dagger", 2]]), guild: "knights" },
    ...{ trades: new Map(), offers: new Map([[open.id, open]]) },
  })
  expect(ledger.inDoubt).toEqual([leave("never-settled")])
  expect([...ledger.guilds]).toEqual(["knights"])
})

it("leaves out an incomplete last line", async () => {
  const path = await written()
  await appendFile(path, '{"kind":"grant","player":"p0","am')

  const ledger = await readJournal(path)

  expect(ledger.account("p0")?.gold).toBe(137)
})

it("names a line that is not an entry", async () => {
  const path = join(await temporaryFolder(), "journal")
  await writeFile(path, "nonsense\n")

  await expect(readJournal(path)).rejects.toThrow(`${path}:1: expected an entry of a journal`)
})

it("says when its file cannot be written", async () => {
  const journal = new Journal(join(await temporaryFolder(), "no such folder", "journal"))

  await expect(journal.close()).rejects.toThrow("ENOENT")
})
