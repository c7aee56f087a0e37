import type { IncomingMessage } from "node:http"
import { WebSocket } from "ws"

/** A server takes a socket within this. */
const HANDSHAKE_MS = 10_000

/** The largest message that is taken: far above any notice. */
const MESSAGE_BYTES_MAX = 1024 * 1024

/** So much of an answer that is no WebSocket is told. */
const REASON_MAX = 200

/** The server answered the upgrade as HTTP. */
export class UpgradeRefused extends Error {
  override readonly name = "UpgradeRefused"
  readonly status: number

  constructor(status: number, reason: string) {
    super(`it takes no WebSocket: ${status} ${reason}`)
    this.status = status
  }
}

/** A WebSocket that waits for no server for ever, and tells why one does not take it: by the first error it emits. */
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

/** The handshake's time bounds it. */
async function startOf(response: IncomingMessage): Promise<string> {
  let text = ""
  try {
    for await (const chunk of response) {
      text += String(chunk)
      if (text.length >= REASON_MAX) break
    }
  } catch {
    // What has come is told.
  }
  return text.slice(0, REASON_MAX).trim()
}
