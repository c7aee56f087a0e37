import { constants } from "node:fs"
import { open, readFile, stat, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { systemCode } from "../../lib/systemError.js"
import { FolderError } from "./folderError.js"

/** Where the holder writes its process id, for the message only: it decides nothing. */
const HOLDER_FILE = "writer.pid"

/** With this flag, open(2) on macOS and the BSDs takes an exclusive lock on the file; Node has no name for it. */
const O_EXLOCK = 0x20

/** Releases the folder. Idempotent. */
export type Release = () => Promise<void>

/**
 * Makes this process the only writer of a folder, until it releases the folder or ends, however it ends.
 *
 * Either way it is a lock of the operating system: two starting processes cannot race, and kill -9 leaves nothing
 * behind. On Linux it is an abstract Unix socket named after the folder's device and inode, on which only one process
 * can listen; elsewhere an exclusive lock on a file. Rejected: a file with a process id (ids are reused, and in
 * containers it is always 1), a socket file (two processes that find it stale can both take it), LMDB's own lock table
 * (closing any handle of its file drops the lock).
 *
 * Not noticed on Linux: two containers with separate networks that share the folder. They do not tear the data, since
 * each write is a compare-and-swap inside an LMDB transaction, whose own lock reaches across containers.
 *
 * Throws FolderError HELD, naming the folder and the holder's process id.
 */
export async function lockFolder(folder: string): Promise<Release> {
  const release = process.platform === "linux" ? await listenFor(folder) : await lockFile(folder)
  if (release === undefined) throw new FolderError("HELD", await heldMessage(folder))
  await writeFile(join(folder, HOLDER_FILE), `${process.pid}\n`)
  return release
}

async function listenFor(folder: string): Promise<Release | undefined> {
  const { dev, ino } = await stat(folder, { bigint: true })
  const server = createServer(socket => socket.destroy())
  server.unref()
  const listening = new Promise<boolean>((resolve, reject) => {
    server.once("listening", () => resolve(true))
    server.once("error", error => (systemCode(error) === "EADDRINUSE" ? resolve(false) : reject(error)))
  })
  server.listen({ path: `\0guildhall-${dev}-${ino}`, exclusive: true })
  if (!(await listening)) return undefined
  return () => new Promise(resolve => server.close(() => resolve()))
}

async function lockFile(folder: string): Promise<Release | undefined> {
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_NONBLOCK | O_EXLOCK
  try {
    const file = await open(join(folder, "writer.lock"), flags)
    let released: Promise<void> | undefined
    return () => {
      released ??= file.close()
      return released
    }
  } catch (error) {
    if (systemCode(error) === "EAGAIN") return undefined
    throw error
  }
}

async function heldMessage(folder: string): Promise<string> {
  const pid = await readFile(join(folder, HOLDER_FILE), "utf8").catch(() => "")
  const holder = pid.trim() === "" ? "another process" : `process ${pid.trim()}`
  return `${folder}: expected to be its only writer, but ${holder} holds it`
}
