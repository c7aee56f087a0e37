import { DeltaTable } from "../../../src/lake/delta/table.js"
import { appIdOf } from "../../../src/lake/realmTable.js"
import { FakeClock, seeded } from "../../fakes/clock.js"
import { FakeLakeServer } from "../../fakes/lake.js"
import { JsonCheckpointFiles, type JsonRow, readJsonParquet } from "../../fakes/parquet.js"
import { placeOf, rowsOf, type TableVersion, versionsOf } from "../../lander/support/deltaLog.js"
import { Model } from "../model.js"
import { FOREIGN_REALM } from "./foreign.js"
import type { Account } from "./world.js"

export type Rule =
  | "rows are not the events"
  | "went back"
  | "unreadable"
  | "rewritten"
  | "column missing"
  | "checkpoint differs"
  | "stood by for nothing"
  | "not healed"

/** A violation: which promise was broken, and where. */
export interface Violation {
  readonly rule: Rule
  readonly message: string
}

/**
 * Compares every version of the table with the log: its rows are exactly the effective events below its transaction,
 * each once (I6). Returns everything that does not fit; nothing when all is well.
 */
export async function check(account: Account): Promise<Violation[]> {
  const { folders, unhealed, idle, changes } = account
  const twice = changes.filter(
    (path, i) => /_delta_log\/\d+\.json$/.test(path) && changes.indexOf(path) !== i,
  )
  const found: Violation[] = [
    ...twice.map(path => ({ rule: "rewritten" as const, message: path })),
    ...idle.map(message => ({ rule: "stood by for nothing" as const, message })),
    ...unhealed.map(message => ({ rule: "not healed" as const, message })),
  ]
  try {
    const versions = versionsOf(folders)
    found.push(...new TableCheck(account).all(versions), ...(await checkReading(account, versions)))
  } catch (error) {
    found.push({ rule: "unreadable", message: String(error) })
  }
  return found
}

class TableCheck {
  readonly #account: Account
  /** The events that happened, by id: type, player, and append time. */
  readonly #events: readonly { readonly offset: number; readonly row: string }[]
  readonly #appId: string

  constructor(account: Account) {
    const { records, genesis } = account
    this.#account = account
    this.#appId = appIdOf(genesis)
    const model = new Model(records, genesis)
    this.#events = [...model.commands.values()].flat().flatMap(({ offset, at, firstIndex, events }) =>
      events.map(({ type, data }, i) => ({
        offset,
        row: `${offset}-${firstIndex + i} ${type} ${data.player} ${at}`,
      })),
    )
  }

  all(versions: readonly TableVersion[]): Violation[] {
    return versions.flatMap((version, i) => [
      ...this.#rows(version),
      ...this.#order(version, versions[i - 1]),
      ...this.#columns(version, versions[i - 1]),
    ])
  }

  #landed(version: TableVersion | undefined): number {
    return version?.txns.get(this.#appId)?.version ?? 0
  }

  #rows(version: TableVersion): Violation[] {
    const landed = this.#landed(version)
    const ours = rowsOf(this.#account.folders, version).filter(({ realm }) => realm !== FOREIGN_REALM)
    const found = ours.map(rowText).sort()
    const expected = this.#events
      .filter(({ offset }) => offset < landed)
      .map(({ row }) => row)
      .sort()
    if (found.join("\n") === expected.join("\n")) return []
    const lost = expected.filter(row => !found.includes(row))
    const added = found.filter((row, i) => !expected.includes(row) || found.indexOf(row) !== i)
    const message = `version ${version.version}, landed ${landed}: lost ${lost.join(", ")}; too many ${added.join(", ")}`
    return [{ rule: "rows are not the events", message }]
  }

  #order(version: TableVersion, before: TableVersion | undefined): Violation[] {
    const [from, to] = [this.#landed(before), this.#landed(version)]
    const starts = version.actions.flatMap(({ add }) =>
      add?.tags === undefined ? [] : [Number(add.tags.start)],
    )
    if (to >= from && starts.every(start => start === from)) return []
    return [
      {
        rule: "went back",
        message: `version ${version.version}: from ${from} to ${to}, files from ${starts}`,
      },
    ]
  }

  /** No column is dropped, and no file has one that the table lacks. */
  #columns({ version, columns, files }: TableVersion, before: TableVersion | undefined): Violation[] {
    const dropped = (before?.columns ?? []).filter(name => !columns.includes(name))
    const used = [...files.keys()].flatMap(path => {
      return readJsonParquet(this.#account.folders.read(`events/${path}`) ?? Buffer.of()).names
    })
    const unknown = used.filter(name => !columns.includes(name))
    const missing = [...new Set([...dropped, ...unknown])]
    if (missing.length === 0) return []
    return [{ rule: "column missing", message: `version ${version}: ${missing.join(", ")}` }]
  }
}

function rowText(row: JsonRow): string {
  return `${placeOf(row)} ${row.type} ${row.player} ${row.appended_at}`
}

/** A reader that begins at the newest checkpoint sees the same as from the commits. */
async function checkReading({ folders }: Account, versions: readonly TableVersion[]): Promise<Violation[]> {
  const last = versions.at(-1)
  const clock = new FakeClock()
  const server = new FakeLakeServer({ clock, random: seeded(1) })
  for (const path of folders.paths) server.folders.write(path, folders.read(path) ?? Buffer.of())
  const table = new DeltaTable(server.connect("checker"), new JsonCheckpointFiles(), "events")
  await clock.runFor(table.refresh())
  const { version, files, txns } = table.snapshot
  const seen = JSON.stringify([version, [...files.keys()].sort(), [...txns.values()]])
  const said = JSON.stringify([
    last?.version ?? -1,
    [...(last?.files.keys() ?? [])].sort(),
    [...(last?.txns.values() ?? [])],
  ])
  return seen === said
    ? []
    : [{ rule: "checkpoint differs", message: `read ${seen}, the commits say ${said}` }]
}
