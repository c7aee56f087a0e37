import { execFile } from "node:child_process"
import { randomUUID } from "node:crypto"
import { mkdtemp, readFile, rm } from "node:fs/promises"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { type Admin, Kafka, logLevel } from "kafkajs"
import { openKafkaLog } from "../../../src/adapters/kafka/kafkaLog.js"
import type { KafkaLogOptions } from "../../../src/adapters/kafka/options.js"
import type { Log } from "../../../src/ports/log.js"
import { KeptLogger } from "../../support/keptLogger.js"

const STACK = fileURLToPath(new URL("../../../scripts/stack", import.meta.url))
/** A first start may fetch jars. */
const STACK_WITHIN_MS = 300_000

/** The brokers of the stack that the tests were started with. */
export function kafkaBrokers(): string[] {
  const brokers = process.env.KAFKA_BROKERS
  if (brokers === undefined || brokers === "") {
    throw new Error("KAFKA_BROKERS is not set: run `scripts/test --stack`, or `scripts/stack up` and set it")
  }
  return brokers.split(",")
}

export function freshTopic(): string {
  return `test-${randomUUID()}`
}

/** Options for the one broker of the stack. */
export function testOptions(changes: Partial<KafkaLogOptions> & { readonly topic: string }): KafkaLogOptions {
  return {
    brokers: changes.brokers ?? kafkaBrokers(),
    realm: 0,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    logger: new KeptLogger(),
    ...changes,
  }
}

export function openTestLog(changes: Partial<KafkaLogOptions> & { readonly topic: string }): Promise<Log> {
  return openKafkaLog(testOptions(changes))
}

export function plainKafka(brokers: readonly string[] = kafkaBrokers()): Kafka {
  return new Kafka({ brokers: [...brokers], clientId: "test", logLevel: logLevel.NOTHING })
}

/** Kafka as an operator has it. */
export async function asAdmin<T>(
  work: (admin: Admin) => Promise<T>,
  brokers: readonly string[] = kafkaBrokers(),
): Promise<T> {
  const admin = plainKafka(brokers).admin()
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

export async function deleteTopic(topic: string): Promise<void> {
  await asAdmin(admin => admin.deleteTopics({ topics: [topic] }))
}

export interface Transaction {
  commit(): Promise<void>
  abort(): Promise<void>
}

/** Somebody else's transaction with one record, and what happens before its end. Left open, the broker aborts it. */
export async function foreignTransaction(
  topic: string,
  rest: (transaction: Transaction) => Promise<void>,
  timeoutMs?: number,
): Promise<void> {
  const producer = plainKafka().producer({
    createPartitioner: () => () => 0,
    transactionalId: randomUUID(),
    idempotent: true,
    maxInFlightRequests: 1,
    ...(timeoutMs === undefined ? {} : { transactionTimeout: timeoutMs }),
  })
  await producer.connect()
  try {
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ value: "foreign" }] })
    await rest(transaction)
  } finally {
    await producer.disconnect()
  }
}

/** A broker of one test alone, which may stop it. */
export class PrivateKafka {
  readonly brokers: readonly string[]
  readonly #env: NodeJS.ProcessEnv
  readonly #folder: string

  private constructor(folder: string, port: number) {
    this.#folder = folder
    this.brokers = [`127.0.0.1:${port}`]
    const controllerPort = String(port + 1)
    this.#env = {
      ...process.env,
      STACK_DIR: folder,
      KAFKA_PORT: String(port),
      KAFKA_CONTROLLER_PORT: controllerPort,
      KAFKA_HEAP: "400m",
    }
  }

  static async start(): Promise<PrivateKafka> {
    const folder = await mkdtemp(join(tmpdir(), "guildhall-kafka-"))
    const kafka = new PrivateKafka(folder, await freePortPair())
    await kafka.up()
    return kafka
  }

  up(): Promise<void> {
    return this.#stack("up")
  }

  down(): Promise<void> {
    return this.#stack("down")
  }

  /** It keeps its connections and answers nothing, until `wake`. */
  async hang(): Promise<void> {
    process.kill(await this.#pid(), "SIGSTOP")
  }

  async wake(): Promise<void> {
    process.kill(await this.#pid(), "SIGCONT")
  }

  /** The first word of the stack's record of the process. */
  async #pid(): Promise<number> {
    const record = await readFile(join(this.#folder, "kafka", "pid"), "utf8")
    return Number.parseInt(record, 10)
  }

  async remove(): Promise<void> {
    await this.#stack("reset")
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #stack(verb: "up" | "down" | "reset"): Promise<void> {
    await promisify(execFile)(STACK, [verb, "kafka"], { env: this.#env, timeout: STACK_WITHIN_MS })
  }
}

/** Two neighbouring ports that nobody listens on at the moment. */
async function freePortPair(): Promise<number> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const port = await listening(0)
    if ((await listening(port + 1).catch(() => 0)) === port + 1) return port
  }
  throw new Error("expected two free neighbouring ports, found none in 50 attempts")
}

function listening(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject)
    server.listen(port, "127.0.0.1", () => {
      const address = server.address()
      const taken = typeof address === "object" && address !== null ? address.port : 0
      server.close(() => resolve(taken))
    })
  })
}
