import type { Action, Add, Txn } from "../../../src/lake/delta/actions.js"
import type { FakeFolders } from "../../fakes/lakeFolders.js"
import { type JsonRow, readJsonParquet } from "../../fakes/parquet.js"

/** A version of the table, read from the files of its log alone, without the code under test. */
export interface TableVersion {
  readonly version: number
  readonly actions: readonly Action[]
  readonly files: ReadonlyMap<string, Add>
  readonly txns: ReadonlyMap<string, Txn>
  /** The names of the table's columns. */
  readonly columns: readonly string[]
}

const LOG = "events/_delta_log"

export function commitPath(version: number): string {
  return `${LOG}/${String(version).padStart(20, "0")}.json`
}

export function checkpointPath(version: number): string {
  return `${LOG}/${String(version).padStart(20, "0")}.checkpoint.parquet`
}

/** The versions of a log, each the fold of all commits up to it. The versions are dense, or it throws. */
export function versionsOf(folders: FakeFolders): TableVersion[] {
  const commits = folders.list(LOG).filter(({ name }) => /^\d{20}\.json$/.test(name))
  const versions: TableVersion[] = []
  for (const [version, { name }] of commits.entries()) {
    if (`${LOG}/${name}` !== commitPath(version)) throw new Error(`version ${version} is missing`)
    versions.push(next(versions.at(-1), actionsOf(folders.read(commitPath(version)))))
  }
  return versions
}

export function actionsOf(bytes: Uint8Array | null): Action[] {
  const lines = Buffer.from(bytes ?? [])
    .toString("utf8")
    .split("\n")
  return lines.filter(line => line !== "").map(line => JSON.parse(line) as Action)
}

const NO_VERSION: TableVersion = {
  version: -1,
  actions: [],
  files: new Map(),
  txns: new Map(),
  columns: [],
}

function next(before: TableVersion = NO_VERSION, actions: readonly Action[]): TableVersion {
  const files = new Map(before.files)
  const txns = new Map(before.txns)
  let { columns } = before
  for (const { add, remove, txn, metaData } of actions) {
    if (remove) files.delete(remove.path)
    if (add) files.set(add.path, add)
    if (txn) txns.set(txn.appId, txn)
    if (metaData) columns = columnsOf(metaData.schemaString)
  }
  return { version: before.version + 1, actions, files, txns, columns }
}

function columnsOf(schemaString: string): string[] {
  const { fields } = JSON.parse(schemaString) as { readonly fields: readonly { readonly name: string }[] }
  return fields.map(({ name }) => name)
}

/** The rows of the table's files. Throws when one is missing, torn, or of another length than its `add` states. */
export function rowsOf(
  folders: FakeFolders,
  { files, version }: Pick<TableVersion, "files" | "version">,
): JsonRow[] {
  return [...files.values()].flatMap(({ path, size }) => {
    const bytes = folders.read(`events/${path}`)
    if (bytes === null) throw new Error(`version ${version}: ${path} is missing`)
    if (bytes.length !== size)
      throw new Error(`version ${version}: ${path} has ${bytes.length} bytes, not ${size}`)
    return readJsonParquet(bytes).rows
  })
}

/** The place of a row: `<offset>-<index>`. */
export function placeOf({ log_offset, event_index }: JsonRow): string {
  return `${log_offset}-${event_index}`
}
