import { createHash } from "node:crypto"
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  parse,
  SingleFieldSubscriptionsRule,
  Source,
  specifiedRules,
  TokenKind,
  type ValidationRule,
  validate,
} from "graphql"
import { Lru } from "../lib/lru.js"
import type { Logger } from "../ports/logger.js"
import { clientError } from "../resolvers/errors.js"
import { type ErrorsOnly, guarded } from "./guard.js"
import { excessError, excessOf, LIMITS, over } from "./limits.js"
import { subscriptionRootRule } from "./subscriptionRoot.js"

/** How many tokens the kept documents may have in all. With its nodes a token takes about 500 bytes (measured). */
const KEPT_TOKENS_MAX = 200_000

/** The weight of a document without its tokens and its text, in tokens. */
const WEIGHT_BESIDES = 20

/** How many characters, spaces and comments included, weigh as much as a token: each has two bytes at most. */
const CHARACTERS_A_TOKEN = 250

/** How many validation errors are reported. */
const VALIDATION_ERRORS_MAX = 20

const RULES = specifiedRules.map(rule => {
  return rule === SingleFieldSubscriptionsRule ? subscriptionRootRule : rule
})

export interface DocumentsOptions {
  readonly logger: Logger
  /** Whether to hide from clients what they do not know of the schema. */
  readonly production: boolean
  /** The weight of the kept documents in all; default `KEPT_TOKENS_MAX`. */
  readonly keptMax?: number
}

export type Preparation = { readonly document: DocumentNode; readonly hash: string } | ErrorsOnly

type Good = Extract<Preparation, { document: DocumentNode }>

/** Parses, limits and validates documents, for HTTP and WebSocket alike; keeps the good ones used last. */
export class ParsedDocuments {
  readonly #schema: GraphQLSchema
  readonly #logger: Logger
  readonly #production: boolean
  readonly #rules: readonly ValidationRule[]
  readonly #kept: Lru<Good>
  readonly #byHash = new Map<string, DocumentNode>()

  constructor(schema: GraphQLSchema, { logger, production, keptMax = KEPT_TOKENS_MAX }: DocumentsOptions) {
    this.#kept = new Lru(keptMax)
    this.#schema = schema
    this.#logger = logger
    this.#production = production
    this.#rules = production ? [...RULES, NoSchemaIntrospectionCustomRule] : RULES
  }

  /** How many documents are kept. */
  get size(): number {
    return this.#byHash.size
  }

  /** Never throws. The limits come before validation, which is expensive for documents beyond them. */
  prepare(text: string): Preparation {
    return this.#kept.get(text) ?? guarded(this.#logger, () => this.#prepare(text))
  }

  #prepare(text: string): Preparation {
    const parsed = parseLimited(text)
    if ("errors" in parsed) return parsed
    const { document } = parsed
    const excess = excessOf(document)
    if (excess !== null) return { errors: [excessError(excess)] }
    const errors = validate(this.#schema, document, this.#rules, { maxErrors: VALIDATION_ERRORS_MAX })
    if (errors.length > 0) return { errors: errors.map(error => this.#shown(error)) }
    return this.#keep(text, document)
  }

  /** The good document whose text has this SHA-256, in hex, if it is still kept. */
  find(hash: string): DocumentNode | undefined {
    return this.#byHash.get(hash)
  }

  #keep(text: string, document: DocumentNode): Good {
    const hash = createHash("sha256").update(text).digest("hex")
    const good = { document, hash }
    this.#byHash.set(hash, document)
    const weight = WEIGHT_BESIDES + (document.tokenCount ?? LIMITS.tokens) + text.length / CHARACTERS_A_TOKEN
    for (const dropped of this.#kept.add(text, good, weight)) this.#byHash.delete(dropped.hash)
    return good
  }

  #shown({ message, locations }: GraphQLError): GraphQLFormattedError {
    const shown = this.#production ? withoutSuggestion(message) : message
    return clientError("GRAPHQL_VALIDATION_FAILED", shown, locations ? { locations } : {})
  }
}

function parseLimited(text: string): { document: DocumentNode } | { errors: GraphQLFormattedError[] } {
  try {
    return { document: parse(text, { maxTokens: LIMITS.tokens }) }
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error
    // The parser reports too many tokens only by the text of its message.
    const excess = over("tokens", countTokens(text))
    if (excess !== null) return { errors: [excessError(excess)] }
    const { message, locations } = error
    return { errors: [clientError("GRAPHQL_PARSE_FAILED", message, locations ? { locations } : {})] }
  }
}

/** How many tokens a document has, up to its first mistake. */
function countTokens(text: string): number {
  const lexer = new Lexer(new Source(text))
  let count = 0
  try {
    while (lexer.advance().kind !== TokenKind.EOF) count += 1
  } catch {
    // The tokens before the mistake count.
  }
  return count
}

/** Without the whole suggestion: even a hidden name would reveal that there is one. */
function withoutSuggestion(message: string): string {
  return message.replace(/ Did you mean .*$/s, "")
}
