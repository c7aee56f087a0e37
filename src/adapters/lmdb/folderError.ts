/**
 * Why a data folder was not opened. None of them mends itself: an operator is needed.
 * - HELD: another process writes here;
 * - MISSING: nothing to read here yet;
 * - OTHER_FORMAT: written by another version, or something else altogether;
 * - TRUNCATED: the data file is shorter than it says itself;
 * - DAMAGED: the data file contradicts itself.
 */
export type FolderErrorCode = "HELD" | "MISSING" | "OTHER_FORMAT" | "TRUNCATED" | "DAMAGED"

/** Match on `code`, never on the text. The message names the folder or file, what was expected and what is there. */
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

/** The `code` of a system error, such as ENOENT; undefined for anything else. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined
  return typeof error.code === "string" ? error.code : undefined
}
