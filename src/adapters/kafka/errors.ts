import { property } from "../../lib/json.js"

/** Kafka is set up in a way that we cannot work with: an operator has to change something; retrying does not help. */
export class KafkaSettingsError extends Error {
  override readonly name = "KafkaSettingsError"
  readonly code = "KAFKA_SETTINGS"
  /** What to change: one of our settings (`KAFKA_USERNAME`) or one of the topic's (`retention.ms`). */
  readonly setting: string

  constructor(setting: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.setting = setting
  }
}

const CAUSES_MAX = 10

/** kafkajs wraps errors in `cause` and, for topics, in `errors`: the innermost one says what happened. */
function rootCause(error: unknown): unknown {
  let root = error
  for (let depth = 0; depth < CAUSES_MAX; depth++) {
    const inner = property(root, "cause") ?? firstOf(property(root, "errors"))
    if (!(inner instanceof Error)) return root
    root = inner
  }
  return root
}

/**
 * What went wrong, as one word: Kafka's error (`NOT_LEADER_FOR_PARTITION`), the system's (`ECONNREFUSED`), or the
 * name of kafkajs's class (`KafkaJSRequestTimeoutError`).
 */
export function errorCode(error: unknown): string {
  const root = rootCause(error)
  for (const name of ["type", "code", "name"]) {
    const value = property(root, name)
    if (typeof value === "string") return value
  }
  return "unknown"
}

const loginRefusals: ReadonlySet<string> = new Set([
  "KafkaJSSASLAuthenticationError",
  "SASL_AUTHENTICATION_FAILED",
  "UNSUPPORTED_SASL_MECHANISM",
  "ILLEGAL_SASL_STATE",
])

export function isLoginRefused(error: unknown): boolean {
  return loginRefusals.has(errorCode(error))
}

/** Text for a message. For a refused login it names the settings, never their values, and quotes only the broker. */
export function describe(error: unknown): string {
  const root = rootCause(error)
  const said = root instanceof Error ? `${errorCode(root)}: ${root.message}` : String(root)
  if (!isLoginRefused(error)) return said
  return `the login was refused (${said}); check KAFKA_USERNAME, KAFKA_PASSWORD and KAFKA_MECHANISM`
}

function firstOf(value: unknown): unknown {
  return Array.isArray(value) ? value[0] : undefined
}
