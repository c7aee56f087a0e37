import type { GraphQLFormattedError } from "graphql"
import type { Logger } from "../ports/logger.js"
import { internalError } from "../resolvers/errors.js"

/** The result of an operation without data, as clients get it. */
export interface ErrorsOnly {
  readonly errors: readonly GraphQLFormattedError[]
}

/**
 * Guards everything, ours or a library's, that a document or its variables could cause to throw: a bug. It is
 * logged, and becomes the error of that one operation, over HTTP and WebSocket alike. Never throws.
 */
export function guarded<T>(logger: Logger, work: () => T): T | ErrorsOnly {
  try {
    return work()
  } catch (error) {
    return failed(logger, error)
  }
}

/** The same for asynchronous work. Never rejects. */
export async function guardedAsync<T>(logger: Logger, work: () => Promise<T>): Promise<T | ErrorsOnly> {
  try {
    return await work()
  } catch (error) {
    return failed(logger, error)
  }
}

function failed(logger: Logger, error: unknown): ErrorsOnly {
  logger.error({ error: error instanceof Error ? error.stack : typeof error }, "operation: a bug")
  return { errors: [internalError()] }
}
