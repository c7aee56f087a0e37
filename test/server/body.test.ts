import type { IncomingMessage } from "node:http"
import { PassThrough } from "node:stream"
import { expect, test } from "vitest"
import { readBody } from "../../src/server/body.js"

/** A request whose body comes in these pieces. */
function request(pieces: Iterable<Buffer>): IncomingMessage {
  const stream = new PassThrough()
  for (const piece of pieces) stream.write(piece)
  stream.end()
  return Object.assign(stream, { headers: {} }) as unknown as IncomingMessage
}

test.each([1, 2, 63, 64, 65, 127, 128, 5000])("a body in %i pieces is whole", async count => {
  const pieces = Array.from({ length: count }, (_, i) => Buffer.from(`${i},`))

  const body = await readBody(request(pieces), 100_000)

  expect(body.kind === "whole" && body.bytes.toString()).toBe(pieces.join(""))
})
