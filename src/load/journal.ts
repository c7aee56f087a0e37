import { once } from "node:events"
import { createWriteStream, type WriteStream } from "node:fs"
import { readFile } from "node:fs/promises"
import { UserError } from "../lib/userError.js"
import type { ExpectedPlayer } from "./account.js"
import type { LoadCommand, PromisedEffect } from "./command.js"
import { Ledger } from "./ledger.js"
import type { LoadTrade } from "./move.js"

/**
 * One line of a journal, in JSON: what a run started from and was promised, in the order in which that came,
 * so that it can be compared with a server later, after a restart.
 */
export type JournalEntry =
  | {
      readonly kind: "player"
      readonly player: string
      readonly gold: number
      readonly health: number
      readonly swords: Readonly<Record<string, number>>
      readonly guild: string | null
      /** Its open trades, of both kinds. */
      readonly trades: readonly LoadTrade[]
    }
  | PromisedEffect
  /** The command may have happened. */
  | { readonly kind: "inDoubt"; readonly command: LoadCommand }
  /** The doubt is settled: what the command did, if anything, is the entry just before. */
  | { readonly kind: "settled"; readonly player: string; readonly key: string }

/**
 * Appends entries to a file; without a file it does nothing. A run that is killed loses only what was not yet
 * written.
 */
export class Journal {
  readonly #stream: WriteStream | null
  #problem: Error | null = null
  /** Shared by all that wait for the disk. */
  #drained: Promise<unknown> | null = null

  /** `path` null: no journal. An existing file is replaced. */
  constructor(path: string | null) {
    this.#stream = path === null ? null : createWriteStream(path)
    this.#stream?.on("error", error => {
      this.#problem = new UserError(`the journal cannot be written: ${error.message}`, { cause: error })
    })
  }

  start(player: string, { swords, trades, offers, ...rest }: ExpectedPlayer): Promise<void> {
    const open = [...trades.values(), ...offers.values()]
    return this.write({ kind: "player", player, ...rest, swords: Object.fromEntries(swords), trades: open })
  }

  /** Waits while the disk is behind. Throws if the file cannot be written. */
  async write(entry: JournalEntry): Promise<void> {
    if (this.#problem !== null) throw this.#problem
    if (this.#stream === null) return
    if (this.#stream.write(`${JSON.stringify(entry)}\n`)) return
    this.#drained ??= once(this.#stream, "drain").finally(() => {
      this.#drained = null
    })
    await this.#drained
  }

  async close(): Promise<void> {
    if (this.#stream === null) return
    await new Promise<void>(resolve => this.#stream?.end(resolve))
    if (this.#problem !== null) throw this.#problem
  }
}

/**
 * The ledger of a run that is over. An incomplete last line is left out. Throws UserError for a line that is
 * not an entry, which it names, or if the file cannot be read.
 */
export async function readJournal(path: string): Promise<Ledger> {
  const text = await readFile(path, "utf8").catch((cause: Error) => {
    throw new UserError(`the journal cannot be read: ${cause.message}`, { cause })
  })
  const lines = text.split("\n")
  // What follows the last line break was not written completely.
  const entries = lines.slice(0, -1).map((line, i) => parseEntry(line, `${path}:${i + 1}`))
  const starts = entries.filter(entry => entry.kind === "player")
  const ledger = new Ledger(starts.map(({ player }) => player))
  for (const { player, gold, health, swords, guild, trades } of starts) {
    const [own, offers] = [
      trades.filter(({ from }) => from === player),
      trades.filter(({ to }) => to === player),
    ].map(some => new Map(some.map(trade => [trade.id, trade])))
    ledger.startFrom(player, {
      ...{ gold, health, guild, swords: new Map(Object.entries(swords)) },
      ...{ trades: own ?? new Map(), offers: offers ?? new Map() },
    })
  }
  const settled = new Set<string>()
  for (const entry of entries) {
    if (entry.kind === "settled") settled.add(`${entry.player}/${entry.key}`)
    else if (entry.kind === "inDoubt") ledger.inDoubt.push(entry.command)
    else if (entry.kind !== "player") ledger.apply(entry)
  }
  const open = ledger.inDoubt.splice(0).filter(({ player, key }) => !settled.has(`${player}/${key}`))
  ledger.inDoubt.push(...open)
  return ledger
}

function parseEntry(line: string, place: string): JournalEntry {
  try {
    const value: unknown = JSON.parse(line)
    if (typeof value === "object" && value !== null && "kind" in value) return value as JournalEntry
  } catch {
    // Reported below.
  }
  throw new UserError(`${place}: expected an entry of a journal in JSON, got ${line.slice(0, 80)}`)
}
