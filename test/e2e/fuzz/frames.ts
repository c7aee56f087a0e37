import fc from "fast-check"
import { wildRequests } from "./documents.js"

/** https://www.rfc-editor.org/rfc/rfc6455#section-5.2 */
export interface Frame {
  readonly first: number
  readonly isMasked: boolean
  /** The payload length to claim; null: the true one. */
  readonly length: number | null
  readonly payload: Buffer
}

const TEXT = 0x81

function frameBytes({ first, isMasked, length, payload }: Frame): Buffer {
  const claimed = length ?? payload.length
  const mask = isMasked ? 0x80 : 0
  const head =
    claimed < 126
      ? Buffer.from([first, mask | claimed])
      : claimed < 65_536
        ? Buffer.from([first, mask | 126, claimed >> 8, claimed & 255])
        : Buffer.concat([Buffer.from([first, mask | 127, 0, 0, 0, 0]), uint32(claimed)])
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, isMasked ? Buffer.alloc(4) : Buffer.alloc(0), payload])
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value % 2 ** 32)
  return bytes
}

function text(payload: Buffer | string): Frame {
  return { first: TEXT, isMasked: true, length: null, payload: Buffer.from(payload) }
}

const ids = fc.constantFrom<unknown[]>("1", "2", "", "__proto__", 7, null, "x".repeat(300))

/** Messages of graphql-ws, in any order, of clients and of servers, well-formed or nearly so. */
const messages = fc.oneof(
  { weight: 3, arbitrary: fc.constant<unknown>({ type: "connection_init" }) },
  {
    weight: 6,
    arbitrary: fc.tuple(ids, wildRequests).map(([id, payload]) => ({ id, type: "subscribe", payload })),
  },
  { weight: 2, arbitrary: ids.map(id => ({ id, type: "complete" })) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom("ping", "pong", "next", "error", "connection_ack", "__proto__"), fc.jsonValue())
      .map(([type, payload]) => ({ id: "1", type, payload })),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
)

const whole = messages.map(message => [text(JSON.stringify(message))])

/** A message cut into fragments, with a ping between them. */
const fragmented = fc.tuple(messages, fc.nat(), fc.boolean()).map(([message, place, pings]) => {
  const bytes = Buffer.from(JSON.stringify(message))
  const at = place % (bytes.length + 1)
  const ping = { ...text("p"), first: 0x89 }
  const begin = { ...text(bytes.subarray(0, at)), first: 0x01 }
  const end = { ...text(bytes.subarray(at)), first: 0x80 }
  return pings ? [begin, ping, end] : [begin, end]
})

const broken = fc
  .record({
    first: fc.oneof(
      fc.constantFrom(TEXT, 0x82, 0x88, 0x89, 0x8a, 0x80, 0x01),
      fc.integer({ min: 0, max: 255 }),
    ),
    isMasked: fc.oneof({ weight: 4, arbitrary: fc.constant(true) }, fc.constant(false)),
    length: fc.oneof({ weight: 4, arbitrary: fc.constant(null) }, fc.nat(200_000)),
    payload: fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes)),
  })
  .map(frame => [frame])

/** What a client sends over one WebSocket: acknowledged first, mostly. */
export const wildFrames: fc.Arbitrary<Buffer> = fc
  .tuple(
    fc.boolean(),
    fc.array(fc.oneof({ weight: 8, arbitrary: whole }, { weight: 2, arbitrary: fragmented }, broken), {
      maxLength: 12,
    }),
  )
  .map(([begins, all]) => {
    const init = begins ? [text('{"type":"connection_init"}')] : []
    return Buffer.concat([...init, ...all.flat()].map(frameBytes))
  })

/** The close codes in what a server sent, whose frames are not masked. */
export function closeCodes(received: Buffer): number[] {
  const codes: number[] = []
  let at = 0
  while (at + 2 <= received.length) {
    const short = received.readUInt8(at + 1)
    const [header, length] = sizesAt(received, at, short)
    if (received.readUInt8(at) === 0x88 && length >= 2 && at + header + 2 <= received.length) {
      codes.push(received.readUInt16BE(at + header))
    }
    at += header + length
  }
  return codes
}

function sizesAt(received: Buffer, at: number, short: number): [header: number, length: number] {
  if (short < 126) return [2, short]
  if (short === 126) return [4, at + 4 <= received.length ? received.readUInt16BE(at + 2) : 0]
  return [10, at + 10 <= received.length ? received.readUInt32BE(at + 6) : 0]
}
