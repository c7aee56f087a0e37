import { type FormattedExecutionResult, getOperationAST } from "graphql"
import { onTestFinished } from "vitest"
import type { Logger } from "../../../src/ports/logger.js"
import { newContext } from "../../../src/resolvers/context.js"
import type { Game } from "../../../src/resolvers/game.js"
import { gameSchema } from "../../../src/resolvers/schema.js"
import { Executor } from "../../../src/server/executor.js"
import { ParsedDocuments } from "../../../src/server/parsedDocuments.js"
import { openGame, type TestGame, type TestGameOptions } from "../../support/game.js"
import { KeptLogger } from "../../support/keptLogger.js"

const schema = gameSchema()

/** What the tests read of an answer: any field may be selected. */
// biome-ignore lint/suspicious/noExplicitAny: the tests say which fields they asked for
type Data = any

export interface Answer {
  readonly data?: Data
  readonly errors?: FormattedExecutionResult["errors"]
  readonly extensions?: { readonly idempotencyKeys?: Readonly<Record<string, string>> }
}

/** A running subscription. */
export interface Notices {
  /** The next notice, as a client gets it. */
  next(): Promise<Answer>
  cancel(): Promise<boolean>
}

/** The GraphQL of a game, without HTTP. */
export interface Asking {
  ask(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer>
  /**
   * Starts a subscription, cancelled when the test is over. If it does not start, the answer has the errors.
   */
  subscribe(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Notices | Answer>
  /** Registers players by id. */
  register(...ids: string[]): Promise<void>
}

/** A new game, closed when the test is over. */
export async function newAsking(
  options: TestGameOptions = {},
): Promise<Asking & { readonly game: TestGame }> {
  const game = await openGame(options)
  onTestFinished(() => game.close())
  return { game, ...askingOf(game, game.logger) }
}

export function askingOf(game: Game, logger: Logger = new KeptLogger()): Asking {
  const documents = new ParsedDocuments(schema, { logger, production: false })
  const executor = new Executor({
    schema,
    newContext: left => newContext(game, left),
    logger,
    production: false,
  })
  const ask = async (query: string, variables = {}): Promise<Answer> => {
    const prepared = documents.prepare(query)
    if ("errors" in prepared) return prepared
    const operation = getOperationAST(prepared.document, null)
    if (!operation) throw new Error("the test's document has no operation")
    const result = await executor.execute({ document: prepared.document, operation, variables })
    // As a client gets it.
    return JSON.parse(JSON.stringify(result)) as Answer
  }
  const subscribe = async (query: string, variables = {}): Promise<Notices | Answer> => {
    const prepared = documents.prepare(query)
    if ("errors" in prepared) return prepared
    const operation = getOperationAST(prepared.document, null)
    if (!operation) throw new Error("the test's document has no operation")
    const started = await executor.subscribe({ document: prepared.document, operation, variables })
    if ("errors" in started) return JSON.parse(JSON.stringify(started)) as Answer
    const { stream } = started
    onTestFinished(async () => {
      await stream.return()
    })
    const next = async () => JSON.parse(JSON.stringify((await stream.next()).value)) as Answer
    return { next, cancel: async () => (await stream.return()).done === true }
  }
  const register = async (...ids: string[]) => {
    for (const id of ids) {
      const { errors } = await ask(REGISTER, { input: { playerId: id, name: `Name of ${id}`, region: "eu" } })
      if (errors !== undefined) throw new Error(JSON.stringify(errors))
    }
  }
  return { ask, subscribe, register }
}

const REGISTER = "mutation ($input: RegisterPlayerInput!) { registerPlayer(input: $input) { position } }"

/** The code of the first error. */
export function codeOf({ errors }: Answer): unknown {
  return errors?.[0]?.extensions?.code
}
