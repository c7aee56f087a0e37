import { createServer, type Server, type Socket } from "node:net"
import type { KafkaLogOptions } from "../../../src/adapters/kafka/options.js"
import { KeptLogger } from "../../support/keptLogger.js"

/** Request numbers of Kafka's protocol, with the only version that this broker speaks. */
const versions = new Map([
  [0, 3], // Produce
  [2, 1], // ListOffsets
  [3, 1], // Metadata
  [17, 1], // SaslHandshake
  [18, 2], // ApiVersions
  [36, 0], // SaslAuthenticate
])

/** Kafka's error numbers. */
export const errors = {
  none: 0,
  NOT_LEADER_FOR_PARTITION: 6,
  REQUEST_TIMED_OUT: 7,
  MESSAGE_TOO_LARGE: 10,
  NOT_ENOUGH_REPLICAS: 19,
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: 20,
  TOPIC_AUTHORIZATION_FAILED: 29,
  SASL_AUTHENTICATION_FAILED: 58,
} as const

/** How a produce request ends: with one of Kafka's errors, without an answer, or with the connection. */
export type ProduceEnd = keyof typeof errors | "silence" | "hang up"

export const TOPIC = "game"

export function optionsFor(address: string): KafkaLogOptions {
  return {
    brokers: [address],
    topic: TOPIC,
    realm: 0,
    replicationFactor: 1,
    minInsyncReplicas: 1,
    logger: new KeptLogger(),
  }
}

/** A broker in this process that answers as the test wants: one node, one topic, one partition. */
export class FakeBroker {
  /** For each produce request the next one of these, then `none`. */
  readonly produceEnds: ProduceEnd[] = []
  produceRequests = 0
  /** Connections are closed as soon as they are made. */
  refuses = false
  /** Whether a login is refused. */
  refusesLogin = false
  /** Whether the topic may be used. */
  permits = true
  /** The port that it announces; null: its real one. */
  advertisedPort: number | null = null
  /** Replicas in sync: this one and others that do not exist. */
  inSync = 1
  bounds = { start: 0, head: 0 }
  /** Queries for bounds are answered after this. */
  boundsGate: Promise<void> = Promise.resolve()
  boundsQuestions = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  readonly #host: string

  constructor(host = "127.0.0.1") {
    this.#host = host
    this.#server = createServer(socket => this.#serve(socket))
  }

  async listen(): Promise<void> {
    await new Promise<void>(resolve => this.#server.listen(0, this.#host, resolve))
  }

  get port(): number {
    const address = this.#server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  }

  get address(): string {
    return `${this.#host.includes(":") ? `[${this.#host}]` : this.#host}:${this.port}`
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy()
  }

  async close(): Promise<void> {
    this.dropConnections()
    await new Promise(resolve => this.#server.close(resolve))
  }

  #serve(socket: Socket): void {
    if (this.refuses) {
      socket.destroy()
      return
    }
    this.#sockets.add(socket)
    socket.on("close", () => this.#sockets.delete(socket))
    socket.on("error", () => {})
    let received = Buffer.alloc(0)
    socket.on("data", chunk => {
      received = Buffer.concat([received, chunk])
      while (received.length >= 4 && received.length >= 4 + received.readInt32BE(0)) {
        const end = 4 + received.readInt32BE(0)
        void this.#answer(socket, received.subarray(4, end))
        received = received.subarray(end)
      }
    })
  }

  async #answer(socket: Socket, request: Buffer): Promise<void> {
    const kind = request.readInt16BE(0)
    const correlation = int32(request.readInt32BE(4))
    const reply = await this.#reply(kind, request)
    if (reply === "hang up") socket.destroy()
    else if (reply !== "silence") socket.write(sized(Buffer.concat([correlation, reply])))
  }

  async #reply(kind: number, request: Buffer): Promise<Buffer | "silence" | "hang up"> {
    switch (kind) {
      case 0:
        return this.#produced()
      case 2:
        return this.#offsets(request)
      case 3:
        return this.#metadata()
      case 17:
        return Buffer.concat([int16(0), array(["PLAIN"].map(string))])
      case 18:
        return Buffer.concat([int16(0), array([...versions].map(speaks)), int32(0)])
      case 36:
        return this.#login()
      default:
        throw new Error(`the fake broker has no answer for request ${kind}`)
    }
  }

  #produced(): Buffer | "silence" | "hang up" {
    this.produceRequests++
    const end = this.produceEnds.shift() ?? "none"
    if (end === "silence" || end === "hang up") return end
    const partition = Buffer.concat([int32(0), int16(errors[end]), int64(0), int64(-1)])
    return Buffer.concat([array([Buffer.concat([string(TOPIC), array([partition])])]), int32(0)])
  }

  async #offsets(request: Buffer): Promise<Buffer> {
    // The last field: -1 asks for the end, -2 for the beginning.
    const asksEnd = request.readBigInt64BE(request.length - 8) === -1n
    if (asksEnd) this.boundsQuestions++
    const { start, head } = this.bounds
    await this.boundsGate
    const partition = Buffer.concat([int32(0), int16(0), int64(-1), int64(asksEnd ? head : start)])
    return array([Buffer.concat([string(TOPIC), array([partition])])])
  }

  #metadata(): Buffer {
    const broker = Buffer.concat([
      int32(1),
      string(this.#host),
      int32(this.advertisedPort ?? this.port),
      int16(-1),
    ])
    const inSync = array(Array.from({ length: this.inSync }, (_, i) => int32(i + 1)))
    const partition = Buffer.concat([int16(0), int32(0), int32(1), inSync, inSync])
    const error = this.permits ? errors.none : errors.TOPIC_AUTHORIZATION_FAILED
    const topic = Buffer.concat([int16(error), string(TOPIC), Buffer.from([0]), array([partition])])
    return Buffer.concat([array([broker]), int32(1), array([topic])])
  }

  #login(): Buffer {
    if (!this.refusesLogin) return Buffer.concat([int16(0), int16(-1), int32(0)])
    const said = string("Authentication failed: Invalid username or password")
    return Buffer.concat([int16(errors.SASL_AUTHENTICATION_FAILED), said, int32(0)])
  }
}

function speaks([kind, version]: readonly [number, number]): Buffer {
  return Buffer.concat([int16(kind), int16(version), int16(version)])
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int64(value: number): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64BE(BigInt(value))
  return bytes
}

function string(text: string): Buffer {
  return Buffer.concat([int16(Buffer.byteLength(text)), Buffer.from(text)])
}

function array(items: readonly Buffer[]): Buffer {
  return Buffer.concat([int32(items.length), ...items])
}

function sized(bytes: Buffer): Buffer {
  return Buffer.concat([int32(bytes.length), bytes])
}
