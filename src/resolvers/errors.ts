import { GraphQLError, type GraphQLFormattedError } from "graphql"
import { Fault } from "../ports/faults.js"
import type { Logger } from "../ports/logger.js"

/** Codes of GraphQL errors that are not faults of the game. Retrying the same request fixes none of them. */
export type RequestErrorCode =
  | "GRAPHQL_PARSE_FAILED"
  | "GRAPHQL_VALIDATION_FAILED"
  | "BAD_USER_INPUT"
  | "FORBIDDEN"
  | "PERSISTED_QUERY_NOT_SUPPORTED"
  | "DOCUMENT_NOT_TRUSTED"
  | "INTERNAL_SERVER_ERROR"

/** The longest message, in characters: it may quote a value of any length. */
const MESSAGE_MAX = 500

/** An error as clients get it. */
export function clientError(
  code: RequestErrorCode,
  message: string,
  place: Pick<GraphQLFormattedError, "locations" | "path"> = {},
): GraphQLFormattedError {
  return { message: cut(message), ...place, extensions: { code, retryable: false } }
}

/** A bug as clients see it: they learn nothing about it. */
export function internalError(
  place?: Pick<GraphQLFormattedError, "locations" | "path">,
): GraphQLFormattedError {
  return clientError("INTERNAL_SERVER_ERROR", "internal server error", place)
}

/**
 * An error that ended a field or a request, as clients get it (`docs/errors.md`). A fault keeps its code. A
 * mistake in the request is BAD_USER_INPUT. Anything else is a bug: it is logged, and the client learns
 * nothing about it.
 */
export function formatError(error: GraphQLError, logger: Logger): GraphQLFormattedError {
  const cause = causeOf(error)
  if (cause instanceof Fault) {
    const { code, retryable, extensions } = cause
    return { message: cut(cause.message), ...placeOf(error), extensions: { ...extensions, code, retryable } }
  }
  if (isOfRequest(cause)) return clientError("BAD_USER_INPUT", error.message, placeOf(error))
  const { path } = error
  logger.error({ path, error: cause instanceof Error ? cause.stack : String(cause) }, "resolver: a bug")
  return internalError(placeOf(error))
}

/** What was thrown, without the errors that only add a location to it. */
function causeOf(error: GraphQLError): unknown {
  const { originalError } = error
  if (originalError instanceof GraphQLError) return causeOf(originalError)
  return originalError ?? error
}

/** graphql-js points at the argument or variable whose value it rejects; at nothing if an answer is wrong. */
function isOfRequest(cause: unknown): boolean {
  return cause instanceof GraphQLError && cause.nodes !== undefined
}

function placeOf({ locations, path }: GraphQLError): Pick<GraphQLFormattedError, "locations" | "path"> {
  return { ...(locations && { locations }), ...(path && { path }) }
}

function cut(message: string): string {
  return message.length > MESSAGE_MAX ? `${message.slice(0, MESSAGE_MAX)}…` : message
}
