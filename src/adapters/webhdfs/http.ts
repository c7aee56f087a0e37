import http, { type ClientRequest, type IncomingMessage } from "node:http"
import https from "node:https"
import type { WebHdfsLimits } from "./options.js"
import { HdfsProblem, problemOfError } from "./problem.js"

/** How many sockets to one node. */
const SOCKETS_MAX = 16
/** No file of the lake is as large. */
const REPLY_BYTES_MAX = 1024 ** 3

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "DELETE"
  readonly url: URL
  readonly body?: Uint8Array
  /** Which node is asked, for messages: empty, or " (from the data node …)". */
  readonly from: string
}

export interface HttpReply {
  readonly status: number
  readonly location: string | null
  readonly body: Buffer
}

/**
 * HTTP with bounded sockets, times and answers. Nothing is sent twice, no redirect is followed. Uses Node's own client,
 * as a data node sends "100 Continue" unasked, which undici 7 treats as an error (client-h1.js: "bad response").
 */
export class Http {
  readonly #limits: WebHdfsLimits
  readonly #agents = {
    "http:": new http.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
    "https:": new https.Agent({ keepAlive: true, maxSockets: SOCKETS_MAX }),
  }
  #isClosed = false

  constructor(limits: WebHdfsLimits) {
    this.#limits = limits
  }

  /** Throws HdfsProblem; then the request may have been carried out. */
  async send({ method, url, body, from }: HttpRequest): Promise<HttpReply> {
    if (this.#isClosed) throw new HdfsProblem("CLOSED", "the lake is closed", true)
    const timer = new Timer(this.#allowance(body?.length ?? 0))
    const request = this.#request(method, url, body)
    timer.onOver = () => request.destroy()
    try {
      const reply = await answerOf(request, body)
      timer.restart(this.#allowance(Number(reply.headers["content-length"] ?? 0)))
      const content = await contentOf(reply)
      return { status: reply.statusCode ?? 0, location: reply.headers.location ?? null, body: content }
    } catch (error) {
      request.destroy()
      if (timer.isOver) throw new HdfsProblem("TIME_LIMIT", `no answer within ${timer.limitMs} ms${from}`)
      throw problemOfError(error, from)
    } finally {
      timer.stop()
    }
  }

  /** Ends whatever is in flight. Idempotent. */
  close(): void {
    this.#isClosed = true
    // This destroys the sockets in use too.
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }

  #request(method: string, url: URL, body: Uint8Array | undefined): ClientRequest {
    const content = { "content-type": "application/octet-stream", "content-length": body?.length ?? 0 }
    const headers = body === undefined ? {} : content
    // Limits the socket's idle time: for connecting, between two parts of the answer, and while sending content.
    const timeout = this.#limits.answerMs
    const isSecure = url.protocol === "https:"
    const agent = this.#agents[isSecure ? "https:" : "http:"]
    const request = (isSecure ? https : http).request(url, { method, headers, agent, timeout })
    request.once("timeout", () => request.destroy(new SilenceError(timeout)))
    return request
  }

  #allowance(bytes: number): number {
    const { answerMs, bytesPerMs } = this.#limits
    return answerMs + Math.ceil(bytes / bytesPerMs)
  }
}

/** Resolves once the head of the answer has come. */
function answerOf(request: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve)
    // The listener stays: an error after the answer has come must not end the process.
    request.on("error", reject)
    request.end(body)
  })
}

async function contentOf(reply: IncomingMessage): Promise<Buffer> {
  const { "content-length": length, "transfer-encoding": encoding } = reply.headers
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of reply) {
    chunks.push(chunk)
    bytes += chunk.length
    if (bytes > REPLY_BYTES_MAX) {
      throw new HdfsProblem("TOO_LONG", `expected at most ${REPLY_BYTES_MAX} bytes, got more`, true)
    }
  }
  // Otherwise the answer would end where the connection ends, even if it breaks.
  if (bytes > 0 && length === undefined && encoding === undefined) {
    throw new HdfsProblem("NO_LENGTH", "expected an answer with a length, got none", true)
  }
  return Buffer.concat(chunks)
}

class SilenceError extends Error {
  override readonly name = "SilenceError"
  readonly code = "ETIMEDOUT"

  constructor(limitMs: number) {
    super(`nothing was sent or received for ${limitMs} ms`)
  }
}

/** Calls `onOver` when the time is over. */
class Timer {
  onOver: () => void = () => {}
  isOver = false
  limitMs: number
  #timer: NodeJS.Timeout

  constructor(limitMs: number) {
    this.limitMs = limitMs
    this.#timer = this.#start()
  }

  restart(limitMs: number): void {
    this.stop()
    this.limitMs = limitMs
    this.#timer = this.#start()
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #start(): NodeJS.Timeout {
    return setTimeout(() => {
      this.isOver = true
      this.onOver()
    }, this.limitMs)
  }
}
