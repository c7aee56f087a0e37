import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"

/** How long a server may take to accept a socket. */
const HANDSHAKE_MS = 10_000

/** The largest message that is accepted: far above any notice. */
const MESSAGE_BYTES_MAX = 1024 * 1024

/** How much of an answer that is not a WebSocket is reported. */
const REASON_MAX = 200

/** The server answered the upgrade with an HTTP response. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused"
  readonly status: number

  constructor(status: number, reason: string) {
    super(`it refused the WebSocket: ${status} ${reason}`)
    this.status = status
  }
}

/** A WebSocket whose handshake has a time limit, and whose first error says why a server refused it. */
export class PatientSocket extends WebSocket {
  constructor(url: string, protocols?: string | string[]) {
    super(url, protocols, {
      handshakeTimeout: HANDSHAKE_MS,
      maxPayload: MESSAGE_BYTES_MAX,
      perMessageDeflate: false,
    })
    this.on("unexpected-response", (_request: unknown, response: IncomingMessage) => {
      void this.#refused(response)
    })
  }

  async #refused(response: IncomingMessage): Promise<void> {
    const reason = await startOf(response)
    this.emit("error", new UpgradeRefused(response.statusCode ?? 0, reason))
    this.terminate()
  }
}

/** The beginning of a response's body. The handshake's time limit bounds the wait. */
async function startOf(response: IncomingMessage): Promise<string> {
  let text = ""
  try {
    for await (const chunk of response) {
      text += String(chunk)
      if (text.length >= REASON_MAX) break
    }
  } catch {
    // What has arrived is reported.
  }
  return text.slice(0, REASON_MAX).trim()
}
