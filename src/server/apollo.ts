import { ApolloServer, type ApolloServerPlugin, HeaderMap } from "@apollo/server"
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled"
import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from "graphql"
import type { Logger } from "../ports/logger.js"
import { clientError, internalError } from "../resolvers/errors.js"
import type { Executor } from "./executor.js"
import { LIMITS } from "./limits.js"
import type { ParsedDocuments } from "./parsedDocuments.js"
import { statusOf } from "./respond.js"

export interface ApolloOptions {
  readonly schema: GraphQLSchema
  readonly documents: ParsedDocuments
  readonly executor: Executor
  readonly logger: Logger
  readonly production: boolean
}

/** What Apollo passes through to our executor. */
export interface ApolloContext {
  /** Aborted when the client has left. */
  readonly left: AbortSignal
}

/**
 * Apollo Server, for GraphQL over HTTP and the prevention of CSRF. Documents come from our store, where they
 * are limited and validated, and operations go to our executor. It sends nothing to anybody, and serves no
 * page that loads from a CDN.
 */
export function newApollo(options: ApolloOptions): ApolloServer<ApolloContext> {
  const { schema, documents, executor, logger, production } = options
  return new ApolloServer<ApolloContext>({
    schema,
    logger: apolloLogger(logger),
    nodeEnv: production ? "production" : "development",
    introspection: !production,
    documentStore: storeOf(documents),
    // Applies to a document that has left our store between two steps.
    parseOptions: { maxTokens: LIMITS.tokens },
    hideSchemaDetailsFromClientErrors: production,
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    stringifyResult: JSON.stringify,
    formatError: formatted => ofApollo(formatted),
    plugins: [
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      executing(executor),
    ],
  })
}

/** Apollo's keys are the SHA-256 of the text, after its own prefix. */
function storeOf(documents: ParsedDocuments) {
  const HEX_LENGTH = 64
  return {
    get: async (key: string): Promise<DocumentNode | undefined> => documents.find(key.slice(-HEX_LENGTH)),
    set: async (): Promise<void> => {},
    delete: async (): Promise<void> => {},
  }
}

type Plugin = ApolloServerPlugin<ApolloContext>

function executing(executor: Executor): Plugin {
  const listener: Awaited<ReturnType<NonNullable<Plugin["requestDidStart"]>>> = {
    async responseForOperation({ document, operation, request, contextValue }) {
      // Despite its type it is missing if the request names an operation that does not exist. Apollo reports
      // that.
      if (!operation) return null
      const variables = request.variables ?? {}
      const singleResult = await executor.execute({ document, operation, variables, left: contextValue.left })
      const { data, errors = [] } = singleResult
      const http = { ...(data === undefined && { status: statusOf(errors) }), headers: new HeaderMap() }
      return { body: { kind: "single", singleResult }, http }
    },
  }
  return { requestDidStart: async () => listener }
}

/** Apollo's own errors, with the codes of `docs/errors.md`. */
function ofApollo({ message, extensions, locations, path }: GraphQLFormattedError): GraphQLFormattedError {
  const place = { ...(locations && { locations }), ...(path && { path }) }
  const code = extensions?.code
  switch (code) {
    case "GRAPHQL_PARSE_FAILED":
    case "GRAPHQL_VALIDATION_FAILED":
      return clientError(code, message, place)
    case "INTERNAL_SERVER_ERROR":
      return internalError(place)
    default:
      return clientError("BAD_USER_INPUT", message, place)
  }
}

function apolloLogger(logger: Logger) {
  return {
    debug: (message: unknown) => logger.debug({}, `apollo: ${String(message)}`),
    info: (message: unknown) => logger.info({}, `apollo: ${String(message)}`),
    warn: (message: unknown) => logger.warn({}, `apollo: ${String(message)}`),
    error: (message: unknown) => logger.error({}, `apollo: ${String(message)}`),
  }
}
