import { createHash } from "node:crypto"
import { isRecord, parseJson, property } from "../lib/json.js"
import { clientError } from "../resolvers/errors.js"
import type { ErrorsOnly } from "./guard.js"

/**
 * Documents that the makers of a game's clients have registered, so that a client can send a hash instead of a text. This
 * server keeps no other document of a client: it does not learn texts by automatic persisted queries.
 */
export interface TrustedDocuments {
  /** Texts by their SHA-256, in hex. */
  readonly texts: ReadonlyMap<string, string>
  /** Whether nothing else is accepted. */
  readonly only: boolean
}

export const NO_DOCUMENTS: TrustedDocuments = { texts: new Map(), only: false }

const NO_QUERY = clientError(
  "BAD_USER_INPUT",
  "expected one GraphQL request whose query is a string; batches are not supported",
)

/**
 * Clients send the text when they get this. As they look at message and code, both are Apollo's, and its status is 200
 * (https://www.apollographql.com/docs/apollo-server/performance/apq).
 */
const NOT_SUPPORTED = clientError("PERSISTED_QUERY_NOT_SUPPORTED", "PersistedQueryNotSupported")

const NOT_TRUSTED = clientError(
  "DOCUMENT_NOT_TRUSTED",
  "expected a registered document, by its SHA-256 or its exact text: this server takes no others",
)

/** In `documentId`, as GraphQL over HTTP has it. */
const PREFIX = "sha256:"

/**
 * The text of the document that a request names: by `query`, else by `documentId`
 * (https://github.com/graphql/graphql-over-http), else by the hash that Apollo's clients send. A hash beside a text is
 * ignored.
 */
export function documentText(
  request: unknown,
  { texts, only }: TrustedDocuments,
): { readonly text: string } | ErrorsOnly {
  const query = property(request, "query")
  if (typeof query === "string" && query !== "") {
    if (only && !texts.has(sha256(query))) return { errors: [NOT_TRUSTED] }
    return { text: query }
  }
  const hash = hashIn(request)
  if (hash === null) return { errors: [NO_QUERY] }
  const text = texts.get(hash)
  if (text !== undefined) return { text }
  return { errors: [only ? NOT_TRUSTED : NOT_SUPPORTED] }
}

/** Whether it tells a client to send the text. */
export function asksForText({ errors }: ErrorsOnly): boolean {
  return errors.includes(NOT_SUPPORTED)
}

/** A request with this text alone: Apollo would look at a hash too. */
export function withText(request: Readonly<Record<string, unknown>>, text: string): Record<string, unknown> {
  const { documentId: _, extensions, ...rest } = request
  const others = isRecord(extensions) && !isRecord(extensions.persistedQuery) ? { extensions } : {}
  return { ...rest, ...others, query: text }
}

/**
 * A WebSocket message, with an empty query if only a hash names it: graphql-ws would take such a message for a broken one
 * and close the socket.
 */
export function withQuery(message: string): string {
  if (!message.includes('"persistedQuery"') && !message.includes('"documentId"')) return message
  const parsed = parseJson(message)
  if (!isRecord(parsed) || !isRecord(parsed.payload)) return message
  const { payload } = parsed
  if (hashIn(payload) === null || payload.query != null) return message
  return JSON.stringify({ ...parsed, payload: { ...payload, query: "" } })
}

/** The SHA-256 of a text, in hex. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex")
}

/** The hash by which a request names its document; null if it names none so. */
function hashIn(request: unknown): string | null {
  const documentId = property(request, "documentId")
  if (typeof documentId === "string") return documentId.replace(PREFIX, "")
  const persisted = property(property(request, "extensions"), "persistedQuery")
  if (!isRecord(persisted)) return null
  const hash = persisted.sha256Hash
  return typeof hash === "string" ? hash : ""
}
