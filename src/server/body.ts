import type { IncomingMessage } from "node:http"

/** What came of reading a body. */
export type Body =
  | { readonly kind: "whole"; readonly bytes: Buffer }
  /** Longer than allowed; the rest of it is not kept. */
  | { readonly kind: "tooLong"; readonly length: number }
  /** The client went away. */
  | { readonly kind: "aborted" }

/**
 * Reads a body of at most so many bytes. One that is longer ends the reading at once; how long a slow one may take is
 * the server's `requestTimeout`.
 */
export function readBody(request: IncomingMessage, bytesMax: number): Promise<Body> {
  const declared = Number(request.headers["content-length"] ?? 0)
  if (declared > bytesMax) return Promise.resolve({ kind: "tooLong", length: declared })
  return new Promise(resolve => {
    const chunks: Buffer[] = []
    let length = 0
    request.on("data", (chunk: Buffer) => {
      length += chunk.length
      if (length <= bytesMax) chunks.push(chunk)
      else resolve({ kind: "tooLong", length })
    })
    request.on("end", () => resolve({ kind: "whole", bytes: joined(chunks) }))
    request.on("error", () => resolve({ kind: "aborted" }))
    request.on("close", () => resolve({ kind: "aborted" }))
  })
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first, second] = chunks
  return first !== undefined && second === undefined ? first : Buffer.concat(chunks)
}
