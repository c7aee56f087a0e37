import { execFile } from "node:child_process"
import { access, chown, mkdtemp, readFile, rm } from "node:fs/promises"
import { userInfo } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { Client } from "pg"

const run = promisify(execFile)

/** Where Debian keeps the programs of its version 15, which are not in PATH. */
const PROGRAMS = "/usr/lib/postgresql/15/bin"

/** Everyone can read it. */
const PARENT = "/var/tmp"

/** PostgreSQL does not run as root. */
const USER = "postgres"

/**
 * Tuned for this load on a small machine, with every promise kept: fsync stays on. A
 * larger WAL spaces checkpoints out; the comparison makes one in every round.
 */
const SETTINGS = {
  listen_addresses: "",
  shared_buffers: "1GB",
  max_wal_size: "4GB",
  checkpoint_timeout: "30min",
  wal_compression: "on",
  max_connections: "64",
  logging_collector: "off",
} as const

/** A PostgreSQL of its own, on a Unix socket in its own folder, with nothing in it. */
export class Postgres {
  /** The folder of the socket: what `pg` takes as host. */
  readonly folder: string

  private constructor(folder: string) {
    this.folder = folder
  }

  /**
   * `synchronousCommit`: off, it acknowledges before the disk has it, and may lose the last 0.6 s when the machine
   * dies. Throws with what to install when PostgreSQL is missing.
   */
  static async start(synchronousCommit: "on" | "off" = "on"): Promise<Postgres> {
    await access(join(PROGRAMS, "postgres")).catch(() => {
      throw new Error(`PostgreSQL 15 is missing in ${PROGRAMS}: apt-get install postgresql-15`)
    })
    const folder = await mkdtemp(join(PARENT, "guildhall-postgres-"))
    if (isRoot()) await chown(folder, ...(await idsOf(USER)))
    const cluster = new Postgres(folder)
    try {
      await cluster.#start(synchronousCommit)
      return cluster
    } catch (error) {
      await cluster.stop()
      throw error
    }
  }

  async client(): Promise<Client> {
    const client = new Client(connectionTo(this.folder))
    // A connection that breaks while it is idle: the next query says so.
    client.on("error", () => {})
    await client.connect()
    return client
  }

  /** The server's own process; its children serve the connections. */
  async pid(): Promise<number> {
    const [first = ""] = (await readFile(join(this.#data, "postmaster.pid"), "utf8")).split("\n")
    return Number(first)
  }

  /** Ends it, if it runs, and deletes it. */
  async stop(): Promise<void> {
    // An interrupt of the whole process group has stopped it already.
    await this.#run("pg_ctl", "-D", this.#data, "-w", "-m", "fast", "stop").catch(() => {})
    await rm(this.folder, { recursive: true, force: true })
  }

  async #start(synchronousCommit: "on" | "off"): Promise<void> {
    await this.#run("initdb", "-D", this.#data, "--auth=trust", "--username=postgres", "--no-sync")
    const options = Object.entries({ ...SETTINGS, synchronous_commit: synchronousCommit }).map(
      ([name, value]) => `-c ${name}='${value}'`,
    )
    const own = [...options, `-k ${this.folder}`].join(" ")
    await this.#run("pg_ctl", "-D", this.#data, "-w", "-l", join(this.folder, "log"), "-o", own, "start")
  }

  get #data(): string {
    return join(this.folder, "data")
  }

  async #run(program: string, ...args: readonly string[]): Promise<void> {
    const command = [join(PROGRAMS, program), ...args]
    const [first = "", ...rest] = isRoot() ? ["runuser", "-u", USER, "--", ...command] : command
    await run(first, rest, { cwd: this.folder, timeout: 60_000 })
  }
}

/** What a client of this socket connects with. */
export function connectionTo(folder: string) {
  return { host: folder, user: "postgres", database: "postgres" }
}

function isRoot(): boolean {
  return userInfo().uid === 0
}

async function idsOf(user: string): Promise<[number, number]> {
  const ids = await Promise.all(["-u", "-g"].map(flag => run("id", [flag, user])))
  const [uid = 0, gid = 0] = ids.map(({ stdout }) => Number(stdout))
  return [uid, gid]
}
