import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtemp, rm } from "node:fs/promises"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import type { Closers } from "./closers.js"
import type { Figure } from "./comparison.js"

const PROBE = fileURLToPath(new URL("./eventLoopProbe.mjs", import.meta.url))

const START_WITHIN_MS = 10_000
const LOOK_MS = 50

/** What `takeAbove` gives. */
export const EVENT_LOOP: Figure = {
  name: "eventLoop",
  heading: "event loop, p99.9 above idle, ms",
  label: "the event loop's p99.9",
  better: "less",
  decisive: false,
}

/** The delays of one process's event loop. */
export class EventLoop {
  /** For the environment of the process. */
  readonly settings: Readonly<Record<string, string>>
  readonly #socket: string

  private constructor(socket: string, modules: readonly string[]) {
    this.#socket = socket
    const options = [PROBE, ...modules].map(module => `--import=${module}`)
    this.settings = { NODE_OPTIONS: options.join(" "), EVENT_LOOP_PROBE: socket }
  }

  /** Of a process that has yet to be started, with `settings`. `modules`: files that it loads before its own. */
  static async prepare(closers: Closers, modules: readonly string[] = []): Promise<EventLoop> {
    const folder = await mkdtemp(join(tmpdir(), "guildhall-probe-"))
    closers.add(() => rm(folder, { recursive: true, force: true }))
    return new EventLoop(join(folder, "socket"), modules)
  }

  /** Of a process that does nothing: what the machine itself adds. */
  static async ofIdle(closers: Closers): Promise<EventLoop> {
    const idle = await EventLoop.prepare(closers)
    const env = { ...process.env, ...idle.settings }
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 60_000)"], { env, stdio: "ignore" })
    const ended = once(child, "exit")
    closers.add(async () => {
      child.kill("SIGKILL")
      await ended
    })
    const until = performance.now() + START_WITHIN_MS
    while (
      !(await idle.takeP999().then(
        () => true,
        () => false,
      ))
    ) {
      if (performance.now() > until) throw new Error("the idle process did not start")
      await sleep(LOOK_MS)
    }
    return idle
  }

  /** Its 99.9th percentile since the last call, above that of an idle process, in milliseconds. */
  async takeAbove(idle: EventLoop): Promise<number> {
    const [own, least] = await Promise.all([this.takeP999(), idle.takeP999()])
    return Math.max(0, own - least)
  }

  /** The 99.9th percentile since this was last called, in milliseconds, the timer's own one included. */
  async takeP999(): Promise<number> {
    const socket = connect(this.#socket)
    let text = ""
    socket.setEncoding("utf8").on("data", (part: string) => {
      text += part
    })
    await once(socket, "close")
    return Number(text)
  }
}
