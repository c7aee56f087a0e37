import { isCount, isRecord, parseJson } from "../../lib/json.js"
import { isPercentEncoded } from "../../lib/percentEncoding.js"
import type { TableFile } from "../../ports/historyEngine.js"
import type { Column, ColumnKind } from "../../ports/parquet.js"
import { PARTITION_COLUMN } from "../columns.js"

/**
 * The actions of a Delta table's log, as far as we write or read them:
 * https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions
 */
export interface ProtocolAction {
  readonly minReaderVersion: number
  readonly minWriterVersion: number
}

export interface MetaData {
  readonly id: string
  readonly name?: string
  readonly format: { readonly provider: string; readonly options: Readonly<Record<string, string>> }
  /** A struct type, as JSON. */
  readonly schemaString: string
  readonly partitionColumns: readonly string[]
  readonly configuration: Readonly<Record<string, string>>
  readonly createdTime?: number
}

/** By column. They alone decide a file's partition; the names of its folders mean nothing. */
type PartitionValues = Readonly<Record<string, string | null>>

export interface Add {
  /** Relative to the table, URL-encoded: `fileOf` decodes it. */
  readonly path: string
  readonly partitionValues: PartitionValues
  readonly size: number
  readonly modificationTime: number
  readonly dataChange: boolean
  /** JSON: numRecords and nullCount. Never min and max: they made readers lose rows. */
  readonly stats?: string
  readonly tags?: Readonly<Record<string, string>>
}

export interface Remove {
  readonly path: string
  readonly deletionTimestamp: number
  readonly dataChange: boolean
  readonly extendedFileMetadata?: boolean
  readonly partitionValues?: PartitionValues
  readonly size?: number
}

export interface Txn {
  readonly appId: string
  /** The offset up to which a realm's log has landed (exclusive). */
  readonly version: number
  readonly lastUpdated?: number
}

/** Identifies a commit: ours carry our own `uuid`. */
interface CommitInfo {
  readonly timestamp: number
  readonly operation: string
  readonly engineInfo?: string
  readonly uuid?: string
}

/** One line of a commit. Keys that we do not know go to `other`. */
export interface Action {
  readonly protocol?: ProtocolAction
  readonly metaData?: MetaData
  readonly add?: Add
  readonly remove?: Remove
  readonly txn?: Txn
  readonly commitInfo?: CommitInfo
}

/** The protocol versions that this build reads and writes. */
export const READER_VERSION = 1
export const WRITER_VERSION = 2

/** Delta's name for a kind: https://github.com/delta-io/delta/blob/master/PROTOCOL.md#primitive-types */
const deltaTypes: Readonly<Record<ColumnKind, string>> = {
  text: "string",
  integer: "integer",
  gold: "long",
  long: "long",
  flag: "boolean",
  time: "timestamp",
}

export interface StructField {
  readonly name: string
  readonly type: unknown
  readonly nullable: boolean
  readonly metadata: Readonly<Record<string, unknown>>
}

/** The fields of the table's schema for our columns; the partition column last. */
export function structFields(columns: readonly Column[]): readonly StructField[] {
  const fields = columns.map(({ name, kind }) => structField(name, deltaTypes[kind]))
  return [...fields, structField(PARTITION_COLUMN, deltaTypes.text)]
}

function structField(name: string, type: string): StructField {
  return { name, type, nullable: true, metadata: {} }
}

export function schemaString(fields: readonly StructField[]): string {
  return JSON.stringify({ type: "struct", fields })
}

/** The fields of a schema. Throws SyntaxError when the text is not the JSON of a struct. */
export function parseSchema(text: string): readonly StructField[] {
  const parsed = JSON.parse(text) as { readonly type?: unknown; readonly fields?: unknown }
  if (parsed.type !== "struct" || !Array.isArray(parsed.fields)) throw new SyntaxError("not a struct type")
  return parsed.fields as readonly StructField[]
}

/** The names of a table's columns; none before its first commit. */
export function columnNames(metaData: MetaData | null): ReadonlySet<string> {
  return new Set(metaData === null ? [] : parseSchema(metaData.schemaString).map(({ name }) => name))
}

/** A commit's text: one action per line. */
export function encodeActions(actions: readonly Action[]): Uint8Array {
  return Buffer.from(actions.map(action => `${JSON.stringify(action)}\n`).join(""))
}

/** The file of an action that has been checked. */
export function fileOf({ path, partitionValues }: Add): TableFile {
  return { path: decodeURIComponent(path), partition: partitionValues }
}

/** Throws SyntaxError, naming the line, when a line is not a JSON object, or not an action as far as we check. */
export function decodeActions(bytes: Uint8Array): readonly Action[] {
  const lines = Buffer.from(bytes).toString("utf8").split("\n")
  return lines.flatMap((line, i) =>
    line.trim() === "" ? [] : [checkedAction(parseJson(line), `line ${i + 1}`)],
  )
}

/** An action of a commit or a checkpoint. Throws SyntaxError, saying where. */
export function checkedAction(parsed: unknown, where: string): Action {
  if (!isRecord(parsed)) throw new SyntaxError(`${where} is not a JSON object`)
  const action: Action = parsed
  const problem = problemOf(action)
  if (problem !== null) throw new SyntaxError(`${where}: ${problem}`)
  return action
}

/** What is wrong with an action that was read, or null. */
function problemOf({ protocol, metaData, add, remove, txn, commitInfo }: Action): string | null {
  return (
    partProblem("protocol", protocol, { minReaderVersion: isCount, minWriterVersion: isCount }) ??
    partProblem("metaData", metaData, { id: isText, schemaString: isSchema, partitionColumns: isList }) ??
    partProblem("add", add, { path: isUrl, size: isCount, partitionValues: isPartition }) ??
    partProblem("remove", remove, { path: isText }) ??
    partProblem("txn", txn, { appId: isText, version: isCount }) ??
    partProblem("commitInfo", commitInfo, {})
  )
}

type Checks = Readonly<Record<string, (value: unknown) => boolean>>

function partProblem(name: string, part: unknown, checks: Checks): string | null {
  if (part === undefined || part === null) return null
  if (!isRecord(part)) return `${name} is not an object`
  for (const [field, isRight] of Object.entries(checks)) {
    const value = part[field]
    if (!isRight(value))
      return `${name} has an invalid ${field}: ${(JSON.stringify(value) ?? "none").slice(0, 100)}`
  }
  return null
}

function isList(value: unknown): boolean {
  return Array.isArray(value)
}

function isText(value: unknown): boolean {
  return typeof value === "string" && value !== ""
}

/** https://github.com/delta-io/delta/blob/master/PROTOCOL.md#add-file-and-remove-file: paths are URL encoded. */
function isUrl(value: unknown): boolean {
  return typeof value === "string" && value !== "" && isPercentEncoded(value)
}

function isPartition(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(one => one === null || typeof one === "string")
}

function isSchema(value: unknown): boolean {
  if (typeof value !== "string") return false
  try {
    return parseSchema(value).every(({ name }) => isText(name))
  } catch {
    return false
  }
}
