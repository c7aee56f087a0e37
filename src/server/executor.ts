import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type FormattedExecutionResult,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql"
import { counter } from "../lib/metrics.js"
import { mapStream, type Stream } from "../lib/stream.js"
import type { Logger } from "../ports/logger.js"
import type { Context } from "../resolvers/context.js"
import { clientError, formatError } from "../resolvers/errors.js"
import { type CompiledQuery, compile } from "./compile.js"
import { costDependsOnVariables, costOf, type Variables } from "./cost.js"
import { type ErrorsOnly, guardedAsync } from "./guard.js"
import { excessError, excessOfVariables, over } from "./limits.js"

/** Uses until an operation is compiled: that costs some hundred executions, and attacks come once. */
const COMPILE_AT = 8

export interface ExecutorOptions {
  readonly schema: GraphQLSchema
  /** `left` is aborted when the client has left. */
  readonly newContext: (left: AbortSignal) => Context
  readonly logger: Logger
  /** Whether to hide from clients what they do not know of the schema. */
  readonly production: boolean
  /** How many uses it takes to compile an operation; default `COMPILE_AT`. */
  readonly compileAt?: number
}

/** An operation of a document that `ParsedDocuments` has accepted. */
export interface Operation {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly variables: Variables
  /** Aborted when the client has left; without it, the client stays. */
  readonly left?: AbortSignal
}

/** The result of subscribing: a stream that throws the GraphQLError which ends it, or why there is none. */
export type Subscribed = { readonly stream: Stream<FormattedExecutionResult> } | ErrorsOnly

interface Plan {
  /** Null if it depends on the variables. */
  readonly cost: number | null
  uses: number
  /** Null if it cannot be compiled, or is not worth it yet. */
  compiled: CompiledQuery | null
}

/** Executes operations, for HTTP and WebSocket alike: frequent ones compiled, the others by graphql-js. */
export class Executor {
  readonly operations = counter(
    "guildhall_graphql_operations_total",
    "GraphQL operations started, over HTTP and WebSocket, by kind.",
    ["kind"],
    Object.values(OperationTypeNode).map(kind => ({ kind })),
  )
  readonly errors = counter(
    "guildhall_graphql_errors_total",
    "Errors of GraphQL fields by code, as clients got them.",
    ["code"],
  )
  readonly #options: ExecutorOptions
  /** Plans are garbage collected with their documents. */
  readonly #plans = new WeakMap<OperationDefinitionNode, Plan>()

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  /** If the result has no `data`, nothing was executed. Never throws. */
  async execute(request: Operation): Promise<FormattedExecutionResult> {
    return guardedAsync(this.#options.logger, () => this.#execute(request))
  }

  /** Starts a subscription. Neither this nor the stream's results throw. */
  async subscribe(request: Operation): Promise<Subscribed> {
    return guardedAsync(this.#options.logger, () => this.#subscribe(request))
  }

  async #execute(request: Operation): Promise<FormattedExecutionResult> {
    if (request.operation.operation === "subscription") {
      return { errors: [clientError("BAD_USER_INPUT", "expected a query or a mutation, got a subscription")] }
    }
    const plan = this.#begin(request)
    return "errors" in plan ? plan : this.#run(request, plan, undefined)
  }

  async #subscribe(request: Operation): Promise<Subscribed> {
    const { document, operation, variables } = request
    const plan = this.#begin(request)
    if ("errors" in plan) return plan
    const left = new AbortController()
    const source = await createSourceEventStream({
      schema: this.#options.schema,
      document,
      contextValue: this.#newContext(request),
      variableValues: variables,
      operationName: operation.name?.value,
    })
    if ("errors" in source) return { errors: (source.errors ?? []).map(error => this.#notStarted(error)) }
    // The subscriptions of src/resolvers produce nothing else.
    const notices = source as Stream<unknown>
    const run = (notice: unknown) =>
      guardedAsync(this.#options.logger, () => this.#run({ ...request, left: left.signal }, plan, notice))
    const results = mapStream(notices, run)
    const leave = () => {
      // Nobody waits any more for what a notice's fields are still reading.
      left.abort()
      return results.return()
    }
    return { stream: { ...results, return: leave } }
  }

  async #run(request: Operation, plan: Plan, root: unknown): Promise<FormattedExecutionResult> {
    const context = this.#newContext(request)
    const result = await this.#result(request, context, plan, root)
    if (result.data === undefined) return { errors: (result.errors ?? []).map(error => this.#wrong(error)) }
    return this.#answer(result, context)
  }

  async #result(
    request: Operation,
    context: Context,
    plan: Plan,
    rootValue: unknown,
  ): Promise<ExecutionResult> {
    const { schema, compileAt = COMPILE_AT } = this.#options
    const { document, operation, variables } = request
    plan.uses += 1
    if (plan.uses === compileAt) plan.compiled = compile(schema, document, operation)
    if (plan.compiled !== null) {
      const result = await plan.compiled(rootValue, context, variables)
      if (result.data !== undefined) return result
      // Nothing was executed, as the variables are wrong; graphql-js words such errors differently.
    }
    const operationName = operation.name?.value
    return execute({
      schema,
      document,
      rootValue,
      contextValue: context,
      variableValues: variables,
      operationName,
    })
  }

  #newContext({ left = new AbortController().signal }: Operation): Context {
    return this.#options.newContext(left)
  }

  #plan(request: Operation): Plan {
    const known = this.#plans.get(request.operation)
    if (known !== undefined) return known
    const cost = costDependsOnVariables(request.document) ? null : this.#cost(request)
    const plan = { cost, uses: 0, compiled: null }
    this.#plans.set(request.operation, plan)
    return plan
  }

  #begin(request: Operation): Plan | ErrorsOnly {
    this.operations.inc({ kind: request.operation.operation })
    const plan = this.#plan(request)
    const excess = over("cost", plan.cost ?? this.#cost(request)) ?? excessOfVariables(request.variables)
    return excess === null ? plan : { errors: [excessError(excess)] }
  }

  #cost({ document, operation, variables }: Operation): number {
    return costOf(this.#options.schema, document, operation, variables)
  }

  #answer({ data, errors }: ExecutionResult, { idempotencyKeys }: Context): FormattedExecutionResult {
    const made = Object.keys(idempotencyKeys).length > 0
    return {
      ...(data !== undefined && { data }),
      ...(errors && { errors: errors.map(error => this.#ofField(error)) }),
      ...(made && { extensions: { idempotencyKeys } }),
    }
  }

  /** An error with a path comes from the field; any other comes from the variables. */
  #notStarted(error: GraphQLError): GraphQLFormattedError {
    return error.path === undefined ? this.#wrong(error) : this.#ofField(error)
  }

  #ofField(error: GraphQLError): GraphQLFormattedError {
    const formatted = formatError(error, this.#options.logger)
    this.errors.inc({ code: String(formatted.extensions?.code) })
    return formatted
  }

  /** The error of a request whose variables are wrong. */
  #wrong({ message, locations }: GraphQLError): GraphQLFormattedError {
    const shown = this.#options.production ? "a variable does not fit its type in the operation" : message
    return clientError("BAD_USER_INPUT", shown, locations ? { locations } : {})
  }
}
