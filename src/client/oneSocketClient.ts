import { type Client, createClient } from "graphql-ws"
import { PatientSocket } from "./patientSocket.js"

/** How long a server may take to acknowledge a socket. */
const ACKNOWLEDGED_WITHIN_MS = 10_000

/** How a socket was closed. */
export interface Closed {
  readonly code: number
  readonly text: string
}

export interface OneSocketOptions {
  /** Open with the first operation and close after the last, instead of at once and not by itself. */
  readonly lazy: boolean
  readonly opening: (socket: PatientSocket) => void
  readonly heard?: () => void
  readonly failed: (error: Error) => void
  readonly closed: (how: Closed) => void
}

/**
 * A client of graphql-ws for one WebSocket and its lifetime. Left to itself, graphql-ws would open another one
 * after a loss and repeat what was running there: also after code 1000, whatever `retryAttempts` says, so that
 * whoever gets `closed` has to dispose of the client.
 */
export function oneSocketClient(url: string, options: OneSocketOptions): Client {
  const { lazy, opening, heard, failed, closed } = options
  let operations = 0
  return createClient({
    url,
    lazy,
    webSocketImpl: class extends PatientSocket {
      constructor(address: string, protocols?: string | string[]) {
        super(address, protocols)
        opening(this)
      }
    },
    retryAttempts: 0,
    connectionAckWaitTimeout: ACKNOWLEDGED_WITHIN_MS,
    generateID: () => String(operations++),
    // `failed` or `closed` has it too.
    onNonLazyError: () => {},
    on: {
      message: () => heard?.(),
      error: error => failed(errorOf(error)),
      closed: event => closed(closedReason(event)),
    },
  })
}

/** ws wraps errors in events. */
export function errorOf(error: unknown): Error {
  const inner = typeof error === "object" && error !== null && "error" in error ? error.error : error
  return inner instanceof Error ? inner : new Error(String(inner))
}

function closedReason(event: unknown): Closed {
  const { code = 0, reason = "" } = event as { readonly code?: number; readonly reason?: string }
  return { code, text: `the socket closed with ${code}${reason === "" ? "" : `: ${reason}`}` }
}
