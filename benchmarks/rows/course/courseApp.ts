import { spawn } from "node:child_process"
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { asAdmin, freshTopic, kafkaBrokers } from "../../../test/stack/support/kafka.js"
import { freePort } from "../../../test/support/guildhall.js"
import { type CalledServer, turnOfCallers } from "../../comparison/callers.js"
import type { Closers } from "../../comparison/closers.js"
import type { Contender, Turn } from "../../comparison/comparison.js"
import { processorTime } from "../../comparison/processes.js"
import { stackPids } from "../../comparison/stack.js"
import type { Choice } from "../purchases/choice.js"
import { SWORD } from "../purchases/side.js"

const FOLDER = fileURLToPath(new URL("../../peers/", import.meta.url))

const START_WITHIN_MS = 60_000
/** How long an event may take from the answer to the topic. */
const STORED_WITHIN_MS = 10_000
const LOOK_MS = 50

/** What serves the app, given a port. */
export type ServeApp = (port: string) => readonly string[]

/** The arguments of Python that serve benchmarks/peers/courseApp.py, on a port. */
export const SERVERS = {
  "Flask, flask run": port => ["-m", "flask", "--app", "courseApp", "run", "--port", port],
  "Flask, gunicorn": port => [
    "-m",
    "gunicorn",
    "--workers",
    "2",
    "--bind",
    `127.0.0.1:${port}`,
    "courseApp:app",
  ],
} as const satisfies Readonly<Record<string, ServeApp>>

/** The course's Flask app and its callers, with a topic of its own. */
export class CourseApp implements CalledServer {
  readonly name: string
  readonly url: string
  readonly #topic: string
  readonly #processes: readonly number[]
  readonly #choose: Choice
  #answered = 0

  private constructor(
    name: string,
    url: string,
    topic: string,
    processes: readonly number[],
    choose: Choice,
  ) {
    this.name = name
    this.url = url
    this.#topic = topic
    this.#processes = processes
    this.#choose = choose
  }

  static async open(name: keyof typeof SERVERS, choose: Choice, closers: Closers): Promise<CourseApp> {
    const { COURSE_PYTHON: python } = process.env
    if (python === undefined) {
      throw new Error("COURSE_PYTHON is not set: use benchmarks/compare, which installs Flask")
    }
    const topic = freshTopic()
    await asAdmin(admin => admin.createTopics({ topics: [{ topic, numPartitions: 1 }] }))
    const port = await freePort()
    const env = { PATH: process.env.PATH, KAFKA_BROKERS: kafkaBrokers().join(","), KAFKA_TOPIC: topic }
    const child = spawn(python, SERVERS[name](port), { env, cwd: FOLDER, stdio: "ignore" })
    const ended = once(child, "exit").then(([code]) => code as number | null)
    closers.add(async () => {
      child.kill("SIGTERM")
      await ended
    })
    const url = `http://127.0.0.1:${port}`
    await Promise.race([
      answers(url),
      ended.then(code => Promise.reject(new Error(`${name}: ended with ${code} before it answered`))),
    ])
    return new CourseApp(name, url, topic, [child.pid ?? 0, ...(await stackPids(["kafka"]))], choose)
  }

  contender(durationMs: number): Contender {
    return {
      name: this.name,
      role: "peer",
      turn: () => this.turn(durationMs),
      verify: () => this.#verify(),
    }
  }

  turn(durationMs: number): Promise<Turn> {
    const path = (n: number) => `/purchase_a_sword?player=p${this.#choose(n)}&sword_type=${SWORD.type}`
    const check = (text: string) => {
      if (text !== "Sword Purchased!\n") throw new Error(`${this.name}: expected a sword, got ${text}`)
      this.#answered += 1
    }
    return turnOfCallers(this, { path, check }, durationMs)
  }

  cost(): Promise<number> {
    return processorTime(this.#processes)
  }

  async upkeep(): Promise<void> {}

  /** Until the topic has what was answered, or gets no more. */
  async settle(): Promise<void> {
    await asAdmin(async admin => {
      const until = performance.now() + STORED_WITHIN_MS
      while (performance.now() < until) {
        const [{ high = "0" } = {}] = await admin.fetchTopicOffsets(this.#topic)
        if (Number(high) >= this.#answered) return
        await sleep(LOOK_MS)
      }
    })
  }

  async #verify(): Promise<string[]> {
    const [{ high = "0" } = {}] = await asAdmin(admin => admin.fetchTopicOffsets(this.#topic))
    if (Number(high) === this.#answered) return []
    return [`${this.name}: answered ${this.#answered} purchases, the topic has ${high}`]
  }
}

/** Any answer will do. */
async function answers(url: string): Promise<void> {
  const until = performance.now() + START_WITHIN_MS
  while (performance.now() < until) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(START_WITHIN_MS) }).catch(() => null)
    if (answer !== null) return
    await sleep(LOOK_MS)
  }
  throw new Error(`${url} did not answer within ${START_WITHIN_MS} ms`)
}
