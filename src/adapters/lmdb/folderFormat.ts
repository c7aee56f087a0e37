import { open, readFile, rename, stat } from "node:fs/promises"
import { dirname, join } from "node:path"
import { makeFolder } from "../../lib/makeFolder.js"
import { syncFolder } from "../../lib/syncFolder.js"
import { unlessAbsent } from "../../lib/systemError.js"
import { FolderError } from "./folderError.js"

/** The kind of data in a folder, and the number of its layout. */
export interface FolderFormat {
  readonly kind: string
  readonly format: number
}

/** The file that marks a folder's format. */
export const FORMAT_FILE = "FORMAT"

/**
 * Creates the folder if needed and marks it, or finds the same mark in it.
 * Throws FolderError OTHER_FORMAT when it carries another mark, or holds data but no mark.
 */
export async function claimFormat(folder: string, dataFile: string, expected: FolderFormat): Promise<void> {
  await makeFolder(folder)
  const found = await readFormat(folder)
  if (found === undefined && (await exists(dataFile))) {
    throw new FolderError("OTHER_FORMAT", `${folder}: expected ${text(expected)}, found data without a mark`)
  }
  if (found === undefined) await writeFormat(folder, expected)
  else assertFormat(folder, found, expected)
}

/** Throws FolderError MISSING when the folder is empty, OTHER_FORMAT when it holds something else. */
export async function expectFormat(folder: string, dataFile: string, expected: FolderFormat): Promise<void> {
  const found = await readFormat(folder)
  if (found === undefined || !(await exists(dataFile))) {
    throw new FolderError("MISSING", `${folder}: expected ${text(expected)}, found nothing`)
  }
  assertFormat(folder, found, expected)
}

/** The number of an older layout of the same kind, if the folder is marked with one, or null. */
export async function olderFormat(folder: string, { kind, format }: FolderFormat): Promise<number | null> {
  const found = await readFormat(folder)
  const number = found?.startsWith(`guildhall ${kind} `)
    ? Number(found.slice(found.lastIndexOf(" ") + 1))
    : NaN
  return Number.isSafeInteger(number) && number < format ? number : null
}

async function readFormat(folder: string): Promise<string | undefined> {
  return (await unlessAbsent(readFile(join(folder, FORMAT_FILE), "utf8"), undefined))?.trim()
}

async function writeFormat(folder: string, format: FolderFormat): Promise<void> {
  const path = join(folder, FORMAT_FILE)
  const file = await open(`${path}.new`, "w")
  try {
    await file.writeFile(`${text(format)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
  await syncFolder(folder)
  await syncFolder(dirname(folder))
}

function assertFormat(folder: string, found: string, expected: FolderFormat): void {
  if (found === text(expected)) return
  throw new FolderError("OTHER_FORMAT", `${folder}: expected ${text(expected)}, found ${found.slice(0, 80)}`)
}

function text(format: FolderFormat): string {
  return `guildhall ${format.kind} ${format.format}`
}

async function exists(path: string): Promise<boolean> {
  const found = await unlessAbsent(stat(path), null)
  return found !== null && found.size > 0
}
