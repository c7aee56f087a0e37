import fc from "fast-check"

const QUERY = '{"query":"{ swords { type } }"}'
const JSON_TYPE = "content-type: application/json\r\n"
const OFFER = "connection: Upgrade, HTTP2-Settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
const HANDSHAKE =
  "connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n" +
  "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n"

function request(line: string, headers = "", body = ""): string {
  return `${line} HTTP/1.1\r\nhost: localhost\r\n${headers}\r\n${body}`
}

const chunks = [...QUERY].map(character => `1\r\n${character}\r\n`).join("")

/** Requests that are good as they are. */
const good = fc.constantFrom(
  request("GET /healthz"),
  request("HEAD /readyz"),
  request("GET /metrics"),
  request("GET /nothing"),
  request("GET http://localhost/healthz"),
  request("GET /graphql?query=%7B__typename%7D", "apollo-require-preflight: 1\r\n"),
  request("POST /graphql", `${JSON_TYPE}content-length: ${QUERY.length}\r\n`, QUERY),
  request("POST /graphql", `${JSON_TYPE}${OFFER}content-length: ${QUERY.length}\r\n`, QUERY),
  request("POST /graphql", `${JSON_TYPE}expect: 100-continue\r\ncontent-length: ${QUERY.length}\r\n`, QUERY),
  request("POST /graphql", `${JSON_TYPE}transfer-encoding: chunked\r\n`, `${chunks}0\r\n\r\n`),
  request(
    "POST /graphql",
    `${JSON_TYPE}${OFFER}transfer-encoding: chunked\r\n`,
    `${chunks}0\r\nx: y\r\n\r\n`,
  ),
  request("OPTIONS /graphql", "origin: http://localhost:1\r\naccess-control-request-method: POST\r\n"),
  request("GET /graphql", HANDSHAKE),
  request("GET /graphql", OFFER),
)

/** What is put into a request, mostly where it does not belong. */
const scraps = fc.oneof(
  fc.constantFrom(
    ...[
      "\r\n",
      "\r",
      "\n",
      "\0",
      ":",
      " ",
      "\t",
      ",",
      ";",
      "\xff\xfe",
      "\r\n\r\n",
      "0\r\n\r\n",
      "GET ",
      " HTTP/1.1",
    ],
    ...["content-length: 5\r\n", "content-length: -1\r\n", "content-length: 99999999999999999999\r\n"],
    ...["transfer-encoding: chunked\r\n", "transfer-encoding: gzip, chunked\r\n", "transfer-encoding: x\r\n"],
    ...[
      "host: evil.example\r\n",
      "origin: null\r\n",
      "expect: a miracle\r\n",
      "connection: close\r\n",
      OFFER,
      HANDSHAKE,
    ],
    ...[
      "content-encoding: br\r\n",
      "content-type: text/plain\r\n",
      "accept: */*;q=x\r\n",
      "te: trailers\r\n",
    ],
    ...[
      "ffffffffffffffff\r\n",
      `x: ${"x".repeat(20_000)}\r\n`,
      "a:\r\n".repeat(3000),
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
    ...["CONNECT a:1 HTTP/1.1\r\nhost: a\r\n\r\n", "?query={", "%", "%00", "//", "*", "HTTP/0.9", "HTTP/9.9"],
  ),
  fc.uint8Array({ maxLength: 20 }).map(bytes => Buffer.from(bytes).toString("latin1")),
)

interface Cut {
  readonly at: number
  readonly length: number
  readonly scrap: string
}

const cuts: fc.Arbitrary<Cut> = fc.record({
  at: fc.nat(),
  length: fc.oneof(fc.constant(0), fc.nat(40)),
  scrap: scraps,
})

function cutInto(text: string, { at, length, scrap }: Cut): string {
  const start = at % (text.length + 1)
  return text.slice(0, start) + scrap + text.slice(start + length)
}

const damaged = fc
  .tuple(good, fc.array(cuts, { maxLength: 3 }))
  .map(([text, all]) => all.reduce(cutInto, text))

/** What a client sends over one connection, in pieces: requests one after the other, none, some or all of them damaged. */
export const wildBytes: fc.Arbitrary<readonly Buffer[]> = fc
  .tuple(fc.array(damaged, { minLength: 1, maxLength: 5 }), fc.array(fc.nat(), { maxLength: 6 }))
  .map(([requests, places]) => {
    const bytes = Buffer.from(requests.join(""), "latin1")
    const sorted = places.map(place => place % (bytes.length + 1)).sort((a, b) => a - b)
    return [...sorted, bytes.length].map((end, i) => bytes.subarray(sorted[i - 1] ?? 0, end))
  })
