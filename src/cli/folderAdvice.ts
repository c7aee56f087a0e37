import type { FolderError, FolderErrorCode } from "../adapters/lmdb/folderError.js"

const DAMAGE =
  "damaged views are made anew when the server starts; a damaged log needs its backup: docs/operations.md"

const ADVICE: Readonly<Record<FolderErrorCode, string>> = {
  HELD: "Guildhall runs on it already; a second one needs a DATA_DIR and a PORT of its own",
  MISSING: "start the server once: scripts/start; or set what it runs with, such as DATA_DIR and REALM",
  OTHER_FORMAT: "choose another folder by DATA_DIR, or the build that wrote this one",
  TRUNCATED: DAMAGE,
  DAMAGED: DAMAGE,
}

/** What to do about a data folder that was not opened. */
export function folderAdvice({ code }: FolderError): string {
  return ADVICE[code]
}
