import { isIP, isIPv6, connect as openSocket, type Socket } from "node:net"
import { connect as openTlsSocket } from "node:tls"
import { type ISocketFactoryArgs, Kafka, type logCreator, logLevel, type RetryOptions } from "kafkajs"
import type { Logger } from "../../ports/logger.js"
import { CLIENT_ID, type KafkaLogOptions } from "./options.js"

const CONNECTION_TIMEOUT_MS = 1_000
const AUTHENTICATION_TIMEOUT_MS = 2_000
const KEEP_ALIVE_DELAY_MS = 60_000
/** In Kafka's protocol a request begins with its length (4 bytes) and its kind (2 bytes). */
const PRODUCE_REQUEST = 0

export interface ClientTuning {
  /** How long one request may take. */
  readonly requestTimeoutMs: number
  /** How often kafkajs itself retries to connect, by default once for each other broker. */
  readonly retries?: number
  readonly onSocket?: () => void
}

/** kafkajs's retry options, all explicit: its defaults differ under NODE_ENV=test. */
export function retrying(retries: number): RetryOptions {
  return { retries, initialRetryTime: 100, maxRetryTime: 1_000, factor: 0.2, multiplier: 2 }
}

/**
 * One kafkajs client and its sockets. kafkajs has no way to give up: its `disconnect` waits for answers, and earlier
 * requests may still be written after it. So we own its sockets: after `end` nothing is sent any more.
 */
export class KafkaClient {
  readonly kafka: Kafka
  readonly #options: KafkaLogOptions
  readonly #onSocket: () => void
  readonly #sockets = new Set<Socket>()
  /** By address: whether a connection succeeded. */
  readonly #dialled = new Map<string, boolean>()
  #produceRequests = 0
  #ended = false

  constructor(options: KafkaLogOptions, tuning: ClientTuning) {
    const { requestTimeoutMs, retries = options.brokers.length - 1, onSocket = () => {} } = tuning
    this.#options = options
    this.#onSocket = onSocket
    this.kafka = new Kafka({
      clientId: CLIENT_ID,
      brokers: shuffled(options.brokers).map(seedOf),
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      authenticationTimeout: AUTHENTICATION_TIMEOUT_MS,
      requestTimeout: requestTimeoutMs,
      retry: retrying(retries),
      logLevel: logLevel.INFO,
      logCreator: quietly(options.logger),
      socketFactory: args => this.#open(args),
      ...(options.tls === undefined ? {} : { ssl: options.tls }),
      // A copy: kafkajs keeps state in it.
      ...(options.sasl ? { sasl: { ...options.sasl } } : {}),
    })
  }

  /** Produce requests handed to the network: while this number has not moved, nothing can have been stored. */
  get produceRequests(): number {
    return this.#produceRequests
  }

  /** Addresses that the cluster named, not our settings, and to which no connection succeeded. */
  get unreachable(): readonly string[] {
    const { brokers } = this.#options
    if (![...this.#dialled.values()].includes(true)) return []
    return [...this.#dialled].flatMap(([address, isConnected]) =>
      isConnected || brokers.includes(address) ? [] : [address],
    )
  }

  /** Ends the client for good, and at once. */
  end(): void {
    this.#ended = true
    // With an error: kafkajs does not listen to `close`, and would wait for answers until its own timeout.
    for (const socket of this.#sockets) socket.destroy(new Error("the client was ended"))
  }

  #open({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
    if (this.#ended) throw new Error("the client was ended")
    const name = hostOf(host)
    const address = `${isIPv6(name) ? `[${name}]` : name}:${port}`
    this.#dialled.set(address, this.#dialled.get(address) ?? false)
    const socket = this.#dial(name, port, ssl, () => {
      this.#dialled.set(address, true)
      onConnect()
    })
    socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS)
    socket.setNoDelay(true)
    this.#sockets.add(socket)
    socket.once("close", () => this.#sockets.delete(socket))
    socket.write = new Proxy(socket.write, {
      apply: (write, self, args) => {
        if (isProduceRequest(args[0])) this.#produceRequests++
        return Reflect.apply(write, self, args)
      },
    })
    this.#onSocket()
    return socket
  }

  #dial(host: string, port: number, ssl: ISocketFactoryArgs["ssl"], onConnect: () => void): Socket {
    if (ssl) {
      const name = isIP(host) === 0 ? { servername: host } : {}
      return openTlsSocket({ host, port, ...name, ...ssl }, onConnect)
    }
    if (this.#options.dial === undefined) return openSocket({ host, port }, onConnect)
    return this.#options.dial(host, port).once("connect", onConnect)
  }
}

/** kafkajs splits a broker at its first colon, but an IPv6 address has many: `[::1]:9092` is passed as `[__1]:9092`. */
function seedOf(broker: string): string {
  return broker.replace(/^\[.*\]/, address => address.replaceAll(":", "_"))
}

/** The host of a seed broker, or of one that the cluster names, which has no brackets. */
function hostOf(host: string): string {
  return host.startsWith("[") ? host.slice(1, -1).replaceAll("_", ":") : host
}

function isProduceRequest(bytes: unknown): boolean {
  return Buffer.isBuffer(bytes) && bytes.length >= 6 && bytes.readInt16BE(4) === PRODUCE_REQUEST
}

/** kafkajs begins with the first broker of the list: successive clients must not all begin with a dead one. */
function shuffled(brokers: readonly string[]): string[] {
  const left = [...brokers]
  const mixed: string[] = []
  while (left.length > 0) mixed.push(...left.splice(Math.floor(Math.random() * left.length), 1))
  return mixed
}

/** What kafkajs logs as an error is mostly a retry: we log the changes of state ourselves, once. */
function quietly(logger: Logger): logCreator {
  return () => entry => {
    const { message, timestamp: _timestamp, ...fields } = entry.log
    logger.debug({ ...fields, part: entry.namespace, label: entry.label }, message)
  }
}
