import type { IncomingMessage } from "node:http"

/** The result of reading a body. */
export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  /** Longer than allowed; the rest is not kept. */
  | { readonly kind: "tooLong"; readonly length: number }
  /** The client went away. */
  | { readonly kind: "aborted" }

/**
 * Reads a body of at most `bytesMax` bytes. Reading stops as soon as a body is longer. The server's
 * `requestTimeout` bounds how long a slow one may take.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Body> {
  const declared = Number(request.headers["content-length"] ?? 0)
  if (declared > bytesMax) return Promise.resolve({ kind: "tooLong", length: declared })
  return new Promise(resolve => {
    const pieces = new Pieces()
    let length = 0
    request.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length <= bytesMax) pieces.add(chunk)
      else resolve({ kind: "tooLong", length })
    })
    request.on("end", () => resolve({ kind: "whole", bytes: pieces.joined() }))
    request.on("error", () => resolve({ kind: "aborted" }))
    request.on("close", () => resolve({ kind: "aborted" }))
  })
}

/** How many pieces are joined into one, as a piece of one byte takes more than a hundred in memory. */
const PIECES_MAX = 64

class Pieces {
  #pieces: Buffer[] = []

  add(piece: Buffer): void {
    this.#pieces.push(piece)
    if (this.#pieces.length === PIECES_MAX) this.#pieces = [Buffer.concat(this.#pieces)]
  }

  joined(): Buffer {
    const [first, second] = this.#pieces
    return first !== undefined && second === undefined ? first : Buffer.concat(this.#pieces)
  }
}
