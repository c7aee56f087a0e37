import {
  type ExecutionArgs,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  getOperationAST,
} from "graphql"
import {
  type Context,
  type ExecutionResult,
  makeServer,
  type Server,
  type SubscribePayload,
} from "graphql-ws"
import { mapStream, type Stream } from "../lib/stream.js"
import { shuttingDown } from "../ports/faults.js"
import { clientError, formatError } from "../resolvers/errors.js"
import type { ApolloOptions } from "./apollo.js"
import type { Operation, Subscribed } from "./executor.js"
import { type ErrorsOnly, guardedAsync } from "./guard.js"
import { excessError, over, SOCKET_LIMITS } from "./limits.js"
import { documentText, type TrustedDocuments } from "./trustedDocuments.js"

export interface ProtocolOptions extends Omit<ApolloOptions, "production"> {
  readonly trusted: TrustedDocuments
  /** Whether new operations are refused. */
  isDraining(): boolean
}

/** An operation on its way through graphql-ws, which passes on the arguments of graphql-js only. */
interface Prepared extends ExecutionArgs {
  readonly request: Operation
  /** Null for queries and mutations. */
  readonly subscribed: Extract<Subscribed, { stream: unknown }> | null
}

/** An error that is already formatted for clients. */
class RequestError extends GraphQLError {
  override readonly name = "RequestError"
  readonly formatted: GraphQLFormattedError

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message)
    this.formatted = formatted
  }
}

/** The part of graphql-ws's context by which operations of one socket are counted and ended. */
type OperationContext = Pick<Context, "subscriptions">

/**
 * GraphQL over WebSocket by graphql-ws (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md): documents are
 * limited, validated and executed as over HTTP.
 */
export class Protocol {
  /** Pass each new socket to its `opened`. */
  readonly server: Server
  readonly #options: ProtocolOptions
  #executing = 0

  constructor(options: ProtocolOptions) {
    this.#options = options
    this.server = makeServer({
      connectionInitWaitTimeout: SOCKET_LIMITS.initWithinMs,
      onSubscribe: (context, id, payload) => this.#begin(context, id, payload),
      execute: async args => ofLibrary(await this.#execute(args as Prepared)),
      subscribe: args => resultsOf(args as Prepared),
      // The executor's results are already formatted for clients.
      onNext: (_context, _id, _payload, _args, result) => result as FormattedExecutionResult,
      onError: (_context, _id, _payload, errors) => errors.map(error => this.#formatted(error)),
    })
  }

  /** How many queries and mutations are being executed. */
  get executing(): number {
    return this.#executing
  }

  /** Never throws: graphql-ws would close the socket, and with it all other operations on it. */
  async #begin(
    context: OperationContext,
    id: string,
    payload: SubscribePayload,
  ): Promise<Prepared | readonly GraphQLError[]> {
    const begun = await guardedAsync(this.#options.logger, () => this.#prepare(context, id, payload))
    return "errors" in begun ? begun.errors.map(error => new RequestError(error)) : begun
  }

  async #prepare(
    { subscriptions }: OperationContext,
    id: string,
    payload: SubscribePayload,
  ): Promise<Prepared | ErrorsOnly> {
    if (this.#options.isDraining()) return { errors: [this.#formatted(draining())] }
    const excess = over("operationsPerSocket", Object.keys(subscriptions).length)
    if (excess !== null) return { errors: [excessError(excess)] }
    const named = documentText(payload, this.#options.trusted)
    if ("errors" in named) return named
    const prepared = this.#options.documents.prepare(named.text)
    if ("errors" in prepared) return prepared
    const { document } = prepared
    const { operationName, variables } = payload
    const operation = getOperationAST(document, operationName)
    if (!operation) return { errors: [noOperation(operationName)] }
    const request = { document, operation, variables: variables ?? {} }
    const args = { schema: this.#options.schema, document, operationName, request }
    if (operation.operation !== "subscription") {
      const left = new AbortController()
      subscriptions[id] = endedBy(() => left.abort())
      return { ...args, request: { ...request, left: left.signal }, subscribed: null }
    }
    const subscribed = await this.#options.executor.subscribe(request)
    return "errors" in subscribed ? subscribed : { ...args, subscribed }
  }

  async #execute({ request }: Prepared): Promise<FormattedExecutionResult> {
    this.#executing += 1
    try {
      return await this.#options.executor.execute(request)
    } finally {
      this.#executing -= 1
    }
  }

  #formatted(error: GraphQLError): GraphQLFormattedError {
    return error instanceof RequestError ? error.formatted : formatError(error, this.#options.logger)
  }
}

/**
 * graphql-ws passes a result to `onNext` as it is, although its type says that errors are not formatted yet.
 */
function ofLibrary(result: FormattedExecutionResult): ExecutionResult {
  return result as ExecutionResult
}

function resultsOf({ subscribed }: Prepared): Stream<ExecutionResult> | ExecutionResult {
  return subscribed === null ? {} : mapStream(subscribed.stream, ofLibrary)
}

/**
 * Registered as the stream of a query, which has none: when a client completes an operation or is gone,
 * graphql-ws ends streams and nothing else.
 */
function endedBy(end: () => void): Stream<never> {
  const done = { done: true, value: undefined } as const
  return {
    next: async () => done,
    return: async () => {
      end()
      return done
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}

function draining(): GraphQLError {
  const fault = shuttingDown()
  return new GraphQLError(fault.message, { originalError: fault })
}

function noOperation(name: string | null | undefined): GraphQLFormattedError {
  const expected = typeof name === "string" ? `an operation named ${name}` : "one operation, or operationName"
  return clientError("BAD_USER_INPUT", `expected ${expected} in the document`)
}
