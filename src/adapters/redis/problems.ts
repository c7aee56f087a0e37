/**
 * The code at the start of a Redis error reply ("WRONGPASS invalid username…"), the code of a socket error
 * (ECONNREFUSED), or null. Nothing else in the client's errors is stable enough to match on.
 */
export function replyCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if ("code" in error && typeof error.code === "string") return error.code
  return /^[A-Z]{2,}(?= |$)/.exec(error.message)?.[0] ?? null
}

/** What is wrong, by the code of the reply, in words that an operator can act on. */
export const advice = {
  WRONGPASS: "it refuses the credentials of REDIS_URL",
  NOAUTH: "it asks for a password, REDIS_URL has none",
  NOPERM: "the user of REDIS_URL may not do what the view store needs: EVAL, INFO and the keys guildhall",
  OOM: "the store is full",
  LOADING: "it is loading its data",
  READONLY: "it is a replica; REDIS_URL must lead to the master",
  MISCONF: "it refuses writes, since it cannot save to its disk",
  BUSY: "it is busy with a script",
  MOVED: "it is a Cluster node without the realm's slot; REDIS_URL must lead to the node that has it",
  CLUSTERDOWN: "the Cluster is down",
  NOREPLICAS: "it refuses writes, since it has too few replicas",
  ECONNREFUSED: "connection refused",
  ENOTFOUND: "no such host",
  ECONNRESET: "the connection was closed",
  EPIPE: "the connection was closed",
  ETIMEDOUT: "no connection in time",
} as const

function isAdvised(code: string | null): code is keyof typeof advice {
  return code !== null && Object.hasOwn(advice, code)
}

/** An error of the client, in words that an operator can act on. */
export function explain(error: unknown, answerWaitMs: number): string {
  if (!(error instanceof Error)) return String(error)
  const code = replyCode(error)
  if (isAdvised(code)) {
    const isReply = error.message.startsWith(`${code} `)
    return isReply ? `${advice[code]} (${error.message})` : advice[code]
  }
  if (error.message === "Command timed out") return `no answer within ${answerWaitMs} ms`
  if (error.name === "MaxRetriesPerRequestError") return "the connection was closed before the answer came"
  return error.message
}

/** Whether only an operator can fix it. */
export function isConfigurationProblem(code: string | null): boolean {
  return code !== null && ["POLICY", "DATABASE", "WRONGPASS", "NOAUTH", "NOPERM"].includes(code)
}
