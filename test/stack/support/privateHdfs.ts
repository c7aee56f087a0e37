import { execFile, spawn } from "node:child_process"
import { once } from "node:events"
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import type { HdfsAddress } from "./hdfs.js"
import { freePort } from "./redis.js"

const STACK = fileURLToPath(new URL("../../../scripts/stack", import.meta.url))
/** A first start may fetch jars. */
const STACK_WITHIN_MS = 300_000
const ADMIN_WITHIN_MS = 60_000

const PORTS = [
  "HDFS_PORT",
  "WEBHDFS_PORT",
  "DATANODE_PORT",
  "DATANODE_HTTP_PORT",
  "DATANODE_IPC_PORT",
] as const

type Daemon = "namenode" | "datanode"

/** An HDFS of one test file alone, which may stop, hang and fill it. */
export class PrivateHdfs implements HdfsAddress {
  readonly url: string
  readonly hdfsUrl: string
  readonly #env: NodeJS.ProcessEnv
  readonly #folder: string

  private constructor(folder: string, ports: Readonly<Record<string, string>>) {
    this.#folder = folder
    this.#env = { ...process.env, ...ports, STACK_DIR: folder, HDFS_HEAP: "256m" }
    this.url = `http://127.0.0.1:${ports.WEBHDFS_PORT}`
    this.hdfsUrl = `hdfs://127.0.0.1:${ports.HDFS_PORT}`
  }

  static async start(): Promise<PrivateHdfs> {
    return PrivateHdfs.#started(hdfs => hdfs.up("datanode"))
  }

  /** With so much room for content, in memory. Takes root, and Linux. */
  static async startSmall(size: string): Promise<PrivateHdfs> {
    return PrivateHdfs.#started(async hdfs => {
      const data = join(hdfs.#folder, "datanode", "data")
      await hdfs.up("namenode")
      await mkdir(data, { recursive: true })
      const mount = `mount -t tmpfs -o size=${size} none "$0" && exec "$@"`
      await hdfs.#run("unshare", ["--mount", "sh", "-c", mount, data, STACK, "up", "datanode"])
    })
  }

  static async #started(start: (hdfs: PrivateHdfs) => Promise<void>): Promise<PrivateHdfs> {
    const ports: Record<string, string> = {}
    for (const name of PORTS) ports[name] = `${await freePort()}`
    const hdfs = new PrivateHdfs(await mkdtemp(join(tmpdir(), "guildhall-hdfs-")), ports)
    try {
      await start(hdfs)
      return hdfs
    } catch (error) {
      await hdfs.remove()
      throw error
    }
  }

  /** The data node needs the name node: it starts both. */
  up(daemon: Daemon): Promise<void> {
    return this.#run(STACK, ["up", daemon])
  }

  down(daemon: Daemon): Promise<void> {
    return this.#run(STACK, ["down", daemon])
  }

  /** `hdfs dfsadmin …`. Throws what it prints when it fails. */
  async admin(...args: readonly string[]): Promise<void> {
    const line = (await readFile(`/proc/${await this.#pid("namenode")}/cmdline`, "utf8")).split("\0")
    const main = line.findIndex(each => each.endsWith(".NameNode"))
    const [java = "", ...options] = line.slice(0, main)
    const command = [...options, "org.apache.hadoop.hdfs.tools.DFSAdmin", ...args]
    await promisify(execFile)(java, command, { timeout: ADMIN_WITHIN_MS })
  }

  /** It keeps its connections and answers nothing, until `wake`. */
  async hang(daemon: Daemon): Promise<void> {
    process.kill(await this.#pid(daemon), "SIGSTOP")
  }

  async wake(daemon: Daemon): Promise<void> {
    process.kill(await this.#pid(daemon), "SIGCONT")
  }

  async remove(): Promise<void> {
    await this.#run(STACK, ["reset", "namenode", "datanode"])
    await rm(this.#folder, { recursive: true, force: true })
  }

  /** The first word of the stack's record of the process. */
  async #pid(daemon: Daemon): Promise<number> {
    return Number.parseInt(await readFile(join(this.#folder, daemon, "pid"), "utf8"), 10)
  }

  async #run(command: string, args: readonly string[]): Promise<void> {
    const child = spawn(command, args, {
      env: this.#env,
      timeout: STACK_WITHIN_MS,
      stdio: ["ignore", "ignore", "pipe"],
    })
    let said = ""
    child.stderr.on("data", text => {
      said += text
    })
    await once(child, "exit")
    if (child.exitCode !== 0) throw new Error(`${command} ${args.join(" ")}: ${said}`)
  }
}
