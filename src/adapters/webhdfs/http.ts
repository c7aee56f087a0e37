import http, { type ClientRequest, type IncomingMessage } from "node:http"
import https from "node:https"
import type { WebHdfsLimits } from "./options.js"
import { HdfsProblem, problemOfError } from "./problem.js"

/** Sockets to one node. */
const SOCKETS_MAX = 16
/** No file of the lake is as large. */
const REPLY_BYTES_MAX = 1024 ** 3

export interface HttpRequest {
  readonly method: "GET" | "PUT" | "DELETE"
  readonly url: URL
  readonly body?: Uint8Array
  /** Who is asked, for messages: empty, or « (from the data node …)». */
  readonly from: string
}

export interface HttpReply {
  readonly status: number
  readonly location: string | null
  readonly body: Buffer
}

/**
 * HTTP with bounded sockets, times and answers. Nothing is sent twice, no redirect is followed. By Node's own client: a
 * data node says «100 Continue» without being asked, which undici 7 takes for a broken answer (client-h1.js: «bad response»).
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

  /** Throws HdfsProblem; then the request may have been done. */
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

  /** Ends whatever is on its way. Repeatable. */
  close(): void {
    this.#isClosed = true
    // Their sockets in use too.
    for (const agent of Object.values(this.#agents)) agent.destroy()
  }

  #request(method: string, url: URL, body: Uint8Array | undefined): ClientRequest {
    const content = { "content-type": "application/octet-stream", "content-length": body?.length ?? 0 }
    const headers = body === undefined ? {} : content
    // The idle time of the socket: for a connection, between two parts of the answer, and of the content that is sent.
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

/** Resolves with the head of the answer. */
function answerOf(request: ClientRequest, body: Uint8Array | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve)
    // Stays: an error that comes when the answer is there must not end the process.
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
  // Its end would be where the connection ends, wherever that is.
  if (bytes > 0 && length === undefined && encoding === undefined) {
    throw new HdfsProblem("NO_LENGTH", "expected an answer that tells its length, got none", true)
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

/** Calls `onOver` when its time is over. */
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
