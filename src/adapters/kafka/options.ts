import type { Socket } from "node:net"
import type { ConnectionOptions } from "node:tls"
import type { SASLOptions } from "kafkajs"
import type { Logger } from "../../ports/logger.js"

export interface KafkaLogOptions {
  /** The seed brokers, `host:port` each, at least one. The cluster names the rest. */
  readonly brokers: readonly string[]
  readonly topic: string
  /** The realm, which is also the partition's number. */
  readonly realm: number
  /** The copies of a topic that we create; with 3, one lost broker neither loses a record nor stops the log. */
  readonly replicationFactor: number
  /** The copies that must have a record before it is acknowledged; verified at start. 2 of 3 for production. */
  readonly minInsyncReplicas: number
  readonly tls?: ConnectionOptions | boolean
  readonly sasl?: KafkaLogin | null
  readonly logger: Logger
  /** Creates neither the topic nor the partition, and does not append. */
  readonly readOnly?: boolean
  /** Aborts the opening, which then throws at once. */
  readonly signal?: AbortSignal | undefined
  /** 6 s to 30 min, by Kafka's limits. Default 30 s: nobody else waits for the partition of a single-member group. */
  readonly sessionTimeoutMs?: number
  /** Opens connections in place of `node:net`: tests insert a faulty network here. Not with `tls`. */
  readonly dial?: (host: string, port: number) => Socket
}

/** `plain`, `scram-sha-256` or `scram-sha-512`, with a user name and a password. */
export type KafkaLogin = Extract<SASLOptions, { readonly username: string }>

/** The names of our consumer groups begin with it. */
export const CLIENT_ID = "guildhall"
