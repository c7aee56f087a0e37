import { KafkaSettingsError } from "../adapters/kafka/errors.js"
import { type FolderErrorCode, isFolderError } from "../adapters/lmdb/folderError.js"
import { systemCode } from "../lib/systemError.js"
import { type FaultCode, isFault } from "../ports/faults.js"

const DAMAGE =
  "damaged views are rebuilt when the server starts; a damaged log needs its backup: docs/operations.md, DAMAGED"

const FOLDER_ADVICE =
  "set DATA_DIR to a folder that this user may write, on a disk with room; or change its owner"

const FOLDERS: Readonly<Record<FolderErrorCode, string>> = {
  HELD: "Guildhall runs on it already; a second one needs its own DATA_DIR and PORT",
  MISSING: "start the server once: scripts/start; or set what it runs with, such as DATA_DIR and REALM",
  OTHER_FORMAT: "choose another folder by DATA_DIR, or the build that wrote this one",
  TRUNCATED: DAMAGE,
  DAMAGED: DAMAGE,
  UNUSABLE: FOLDER_ADVICE,
}

/** Each of these codes has a section in docs/operations.md. */
const FOR_AN_OPERATOR: readonly FaultCode[] = [
  "AGGREGATE_FROZEN",
  "NEEDS_NEWER_BUILD",
  "LOG_TRUNCATED",
  "LAKE_OF_ANOTHER_LOG",
  "LAKE_CORRUPT",
]

/**
 * What to do about an error that does not go away by itself; null if its message says all there is to say.
 */
export function adviceOn(error: unknown): string | null {
  if (isFolderError(error)) return FOLDERS[error.code]
  if (error instanceof KafkaSettingsError) return "an operator is needed: docs/operations.md, Kafka"
  if (isFault(error) && FOR_AN_OPERATOR.includes(error.code)) {
    return `an operator is needed: docs/operations.md, ${error.code}`
  }
  // Commands report the paths that they were given themselves; any other path is in one of our own folders.
  if (systemCode(error) !== undefined && error instanceof Error && "path" in error) {
    return "check the settings DATA_DIR and WORK_DIR, and who may write there"
  }
  return null
}
