import type { Socket } from "node:net"
import type { ConnectionOptions } from "node:tls"
import type { SASLOptions } from "kafkajs"
import type { Logger } from "../../ports/logger.js"

export interface KafkaLogOptions {
  /** Where to begin: `host:port` each, at least one. The cluster tells the rest. */
  readonly brokers: readonly string[]
  readonly topic: string
  /** The realm is the number of its partition. */
  readonly realm: number
  /** Copies of a topic that we create; with 3, one lost broker neither loses a record nor stops the log. */
  readonly replicationFactor: number
  /** Copies that must have a record before it is acknowledged; verified at start. 2 of 3 for production. */
  readonly minInsyncReplicas: number
  /** Default `guildhall`; the names of our consumer groups begin with it. */
  readonly clientId?: string
  readonly ssl?: ConnectionOptions | boolean
  readonly sasl?: KafkaLogin
  readonly logger: Logger
  /** Neither creates the topic or the partition, nor appends. */
  readonly readOnly?: boolean
  /** Gives up the opening: it then throws at once. */
  readonly signal?: AbortSignal
  /** 6 s to 30 min by Kafka's own bounds. Default 30 s: nobody else waits for the partition of a group of one. */
  readonly sessionTimeoutMs?: number
  /** Opens a connection instead of `node:net`: tests put a faulty network there. Not with `ssl`. */
  readonly dial?: (host: string, port: number) => Socket
}

/** `plain`, `scram-sha-256` or `scram-sha-512`, with a user name and a password. */
export type KafkaLogin = Extract<SASLOptions, { readonly username: string }>

export const CLIENT_ID_DEFAULT = "guildhall"
