import { systemCode, systemReason } from "../../lib/systemError.js"

/**
 * Why a data folder was not opened. None of these fixes itself: an operator is needed.
 * - HELD: another process writes here;
 * - MISSING: nothing to read here yet;
 * - OTHER_FORMAT: written by another version, or not ours at all;
 * - TRUNCATED: the data file is shorter than its own header says;
 * - DAMAGED: the data file contradicts itself;
 * - UNUSABLE: the system refuses access: permissions, a read-only or full disk, a file in its place.
 */
export type FolderErrorCode = "HELD" | "MISSING" | "OTHER_FORMAT" | "TRUNCATED" | "DAMAGED" | "UNUSABLE"

/** Match on `code`, never on the text. The message names the folder or file, what was expected and what was found. */
export class FolderError extends Error {
  override readonly name = "FolderError"
  readonly code: FolderErrorCode

  constructor(code: FolderErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

export function isFolderError(error: unknown, code?: FolderErrorCode): error is FolderError {
  return error instanceof FolderError && (code === undefined || error.code === code)
}

/** Runs work on a folder. Throws FolderError UNUSABLE for what the system refuses; other errors pass unchanged. */
export async function inFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (systemCode(cause) === undefined) throw cause
    throw unusable(folder, systemReason(cause), { cause })
  }
}

export function unusable(folder: string, reason: string, options?: ErrorOptions): FolderError {
  return new FolderError("UNUSABLE", `${folder} (setting DATA_DIR): ${reason}`, options)
}
