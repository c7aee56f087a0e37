import { getSystemErrorName } from "node:util"

/** What an operator should know about a system error, in addition to its own text. */
const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk's quota is used up",
  EROFS: "the disk is read-only",
  EACCES: "this user may not do that here",
  EPERM: "this user, or this file system, may not do that",
  // Node also reports ENOENT when a folder cannot be made on a read-only disk.
  ENOENT: "a file or folder is missing, or could not be made",
  EISDIR: "a folder stands where a file is expected",
  ENOTDIR: "a file stands where a folder is expected",
  EEXIST: "a file stands where a folder is expected",
  ELOOP: "its symbolic links form a loop",
  ENAMETOOLONG: "the name is too long",
  EMFILE: "this process has too many open files: raise its limit (ulimit -n)",
  ENFILE: "the machine has too many open files",
  EIO: "the disk, or the terminal, failed",
}

/** Why a connection failed, by the code of its error. */
export const SOCKET_REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  ENOTFOUND: "no such host",
  EAI_AGAIN: "no such host at the moment",
}

/** The `code` of a system error, such as ENOENT; undefined for anything else. LMDB gives the errno instead. */
export function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined
  const { code } = error
  if (typeof code === "number") return nameOf(code)
  return typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? code : undefined
}

/** What a call on a file or folder returns, or the other value when there is none. Other errors pass unchanged. */
export async function unlessAbsent<T, A>(calling: Promise<T>, absent: A): Promise<T | A> {
  try {
    return await calling
  } catch (error) {
    if (systemCode(error) === "ENOENT") return absent
    throw error
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** Why a system call failed, for an operator: our explanation, if there is one, then the system's own text. */
export function systemReason(error: unknown): string {
  const text = messageOf(error)
  const reason = REASONS[systemCode(error) ?? ""]
  return reason === undefined ? text : `${reason} (${text})`
}

/** The same, first line only: DuckDB and Presto append the query. */
export function reasonLine(error: unknown): string {
  return systemReason(error).split("\n", 1)[0] ?? ""
}

function nameOf(errno: number): string | undefined {
  if (!Number.isInteger(errno) || errno < 1 || errno > 200) return undefined
  const name = getSystemErrorName(-errno)
  return name.startsWith("E") ? name : undefined
}
