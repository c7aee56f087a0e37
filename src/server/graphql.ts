import type { IncomingMessage, ServerResponse } from "node:http"
import { type ApolloServer, HeaderMap, type HTTPGraphQLResponse } from "@apollo/server"
import { isRecord, parseJson, property } from "../lib/json.js"
import { isPercentEncoded } from "../lib/percentEncoding.js"
import { clientError, internalError } from "../resolvers/errors.js"
import type { ApolloContext } from "./apollo.js"
import { readBody } from "./body.js"
import { excessError, LIMITS } from "./limits.js"
import type { ParsedDocuments } from "./parsedDocuments.js"
import { send, sendErrors, statusOf } from "./respond.js"
import type { RequestTarget } from "./target.js"
import { asksForText, documentText, type TrustedDocuments, withText } from "./trustedDocuments.js"

/** How long to read and drop the rest of a body that is too long, so that the client reads our answer. */
const LINGER_MS = 500

/** The headers that Apollo looks at. */
const FORWARDED = ["content-type", "accept", "apollo-require-preflight", "x-apollo-operation-name"] as const

const NOT_ENCODED = clientError("BAD_USER_INPUT", "expected parameters of percent-encoded UTF-8")

export interface GraphqlParts {
  readonly apollo: ApolloServer<ApolloContext>
  readonly documents: ParsedDocuments
  readonly trusted: TrustedDocuments
}

/** GraphQL over HTTP: https://graphql.github.io/graphql-over-http */
export async function handleGraphql(
  { apollo, documents, trusted }: GraphqlParts,
  { search }: RequestTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "" } = request
  if (method !== "GET" && method !== "POST") {
    const error = clientError("BAD_USER_INPUT", `expected GET or POST, got ${method}`)
    return sendErrors(response, 405, [error], { allow: "GET, POST" })
  }
  const posted = method === "POST" ? await postedJson(request, response) : { body: undefined }
  if (posted === null) return
  if (!isPercentEncoded(search)) return sendErrors(response, 400, [NOT_ENCODED])
  const asked = method === "POST" ? posted.body : askedBy(new URLSearchParams(search))
  const named = documentText(asked, trusted)
  if ("errors" in named) {
    return sendErrors(response, asksForText(named) ? 200 : statusOf(named.errors), named.errors)
  }
  const { text } = named
  const prepared = documents.prepare(text)
  if ("errors" in prepared) return sendErrors(response, statusOf(prepared.errors), prepared.errors)
  const headers = forwarded(request)
  const sent =
    method === "POST"
      ? { body: isRecord(asked) ? withText(asked, text) : asked, search }
      : { body: undefined, search: searchOf(new URLSearchParams(search), text) }
  const httpGraphQLRequest = { method, headers, ...sent }
  const context = async () => ({ left: leftBy(response) })
  sendApollo(response, await apollo.executeHTTPGraphQLRequest({ httpGraphQLRequest, context }))
}

/** The JSON that a request posts; null if it is refused, which has been answered, or if the client has gone. */
async function postedJson(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ body: unknown } | null> {
  const refuse = (status: number, message: string) => {
    sendErrors(response, status, [clientError("BAD_USER_INPUT", message)])
    return null
  }
  const wrong = wrongContent(request)
  if (wrong !== null) return refuse(415, wrong)
  const body = await readBody(request, LIMITS.bodyBytes)
  if (body.kind === "aborted") return null
  if (body.kind === "tooLong") {
    const excess = { limit: "bodyBytes", allowed: LIMITS.bodyBytes, found: body.length } as const
    await linger(request)
    sendErrors(response, 413, [excessError(excess)], { connection: "close" })
    return null
  }
  const text = textOf(body.bytes)
  if (text === null) return refuse(400, "expected a body in UTF-8")
  const parsed = parseJson(text)
  return parsed === undefined ? refuse(400, "expected a body of JSON") : { body: parsed }
}

/** What is wrong with the content type, or null. Browsers send forms and plain text for any page: refused. */
function wrongContent({ headers }: IncomingMessage): string | null {
  const given = headers["content-type"] ?? "none"
  if (given !== "application/json") {
    const [type, ...parameters] = given.split(";").map(part => part.trim().toLowerCase())
    const good = parameters.every(parameter => /^charset="?utf-8"?$/.test(parameter))
    if (type !== "application/json" || !good) {
      return `expected content-type application/json in utf-8, got ${given.slice(0, 60)}`
    }
  }
  const encoding = headers["content-encoding"] ?? "identity"
  return encoding === "identity" ? null : `expected no content-encoding, got ${encoding.slice(0, 60)}`
}

/** Reads on for a moment: if a connection is closed with unread bytes, our answer may be lost with it. */
function linger(request: IncomingMessage): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, LINGER_MS)
    const done = () => {
      clearTimeout(timer)
      resolve()
    }
    request.once("end", done)
    request.once("close", done)
    request.resume()
  })
}

/** Keeps a byte order mark, which is not valid JSON. */
const UTF_8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Null if it is not UTF-8: the characters substituted for such bytes would be recorded for good. */
function textOf(bytes: Buffer): string | null {
  try {
    return UTF_8.decode(bytes)
  } catch {
    return null
  }
}

/** What a GET request asks for, as a POST request would. */
function askedBy(parameters: URLSearchParams): unknown {
  const extensions = parseJson(parameters.get("extensions") ?? "")
  return { query: parameters.get("query"), documentId: parameters.get("documentId"), extensions }
}

/** The parameters of a GET request with this text alone. */
function searchOf(parameters: URLSearchParams, text: string): string {
  const extensions = parseJson(parameters.get("extensions") ?? "")
  if (isRecord(property(extensions, "persistedQuery"))) parameters.delete("extensions")
  parameters.delete("documentId")
  parameters.set("query", text)
  return `?${parameters}`
}

/** Aborted when the connection is closed before the answer was sent. */
function leftBy(response: ServerResponse): AbortSignal {
  const left = new AbortController()
  response.once("close", () => {
    if (!response.writableFinished) left.abort()
  })
  return left.signal
}

function forwarded({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap()
  for (const name of FORWARDED) {
    const value = headers[name]
    if (typeof value === "string") map.set(name, value)
  }
  return map
}

function sendApollo(response: ServerResponse, { status = 200, headers, body }: HTTPGraphQLResponse): void {
  // Only @defer and @stream make chunks, and the schema has neither.
  if (body.kind === "complete") send(response, status, body.string, Object.fromEntries(headers))
  else sendErrors(response, 500, [internalError()])
}
