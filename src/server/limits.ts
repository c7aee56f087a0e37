import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLFormattedError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql"

/**
 * The most that one request may ask for. The figures are those of GraphQL Armor, except for depth and
 * recursion: https://escape.tech/graphql-armor/docs/category/plugins
 */
export const LIMITS = {
  /** Per HTTP body. */
  bodyBytes: 100 * 1024,
  /** Per connection, sent without waiting for the answers. */
  requestsPerConnection: 100,
  /** On all connections, not answered yet. */
  requestsAtOnce: 5000,
  /** Per WebSocket message. */
  frameBytes: 64 * 1024,
  /** Per socket, at a time. */
  operationsPerSocket: 20,
  /** WebSockets per address, by default: a household, or a school, behind one router. */
  socketsPerAddress: 100,
  /** Per socket: on average, and in a burst. */
  messagesPerSecond: 100,
  messagesAtOnce: 500,
  /** Per document; the parser stops there, so that nothing after it sees a long one. */
  tokens: 1000,
  depth: 8,
  /** If all root fields are introspection: the standard introspection query is 15 deep. */
  introspectionDepth: 16,
  aliases: 15,
  rootFields: 10,
  mutations: 5,
  directives: 50,
  /** Fields once all fragments are spread. */
  fields: 2000,
  /** Fields resolved, if each page and list is as long as it may become. */
  cost: 5000,
  /** In variables, counting all inside lists and objects. graphql-js prints them whole, once for each mistake. */
  values: 1200,
} as const

/** Times, in milliseconds, and memory that one WebSocket may take. Beyond them the server closes it. */
export const SOCKET_LIMITS = {
  /** From the handshake to the client's `connection_init`. */
  initWithinMs: 3000,
  /** A socket that does not answer a ping within this is closed: its client is gone, or no longer reads. */
  pingEveryMs: 12_000,
  /** How long a client may take to answer a close. */
  closeWithinMs: 1000,
  /** Waiting to be written, in bytes. Answers wait for their turn; pongs do not. */
  bufferedBytes: 8 * 1024 * 1024,
  /** While more bytes than this wait to be written, senders wait too. */
  corkedBytes: 64 * 1024,
  /** Fragments of a message, and packets of a fragment: one of one byte takes more than a hundred in memory. */
  pieces: 1000,
} as const

export type LimitName = keyof typeof LIMITS

/** A limit that was exceeded, what it allows, and what was found. */
export interface Excess {
  readonly limit: LimitName
  readonly allowed: number
  readonly found: number
}

/** The error of an excess: it names the limit, what it allows, and what was found. */
export function excessError({ limit, allowed, found }: Excess): GraphQLFormattedError {
  const message = `the request exceeds the limit ${limit}: expected at most ${allowed}, got ${found}`
  return { message, extensions: { code: "LIMIT_EXCEEDED", retryable: false, limit, allowed, found } }
}

/**
 * The first limit that a parsed document exceeds, or null. The document need not be valid: unknown fragments
 * count as nothing, and cycles end where they close. Each fragment is measured once, so that exponential
 * fragments cost nothing.
 */
export function excessOf(document: DocumentNode): Excess | null {
  const ruler = new Ruler(document)
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue
    const excess = excessOfOperation(definition, ruler.measure(definition.selectionSet))
    if (excess !== null) return excess
  }
  return null
}

/** The counts of a selection set once all fragments are spread. */
interface DocumentMeasure {
  readonly depth: number
  /** Fields at this level, and those of them that are not introspection. */
  readonly width: number
  readonly ordinaryWidth: number
  readonly fields: number
  readonly aliases: number
  readonly directives: number
}

const NOTHING: DocumentMeasure = {
  depth: 0,
  width: 0,
  ordinaryWidth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
}

function excessOfOperation(operation: OperationDefinitionNode, measure: DocumentMeasure): Excess | null {
  const roots = operation.operation === "mutation" ? "mutations" : "rootFields"
  const depth = measure.ordinaryWidth === 0 ? "introspectionDepth" : "depth"
  const directives = measure.directives + (operation.directives?.length ?? 0)
  return (
    over(depth, measure.depth) ??
    over(roots, measure.width) ??
    over("aliases", measure.aliases) ??
    over("directives", directives) ??
    over("fields", measure.fields)
  )
}

/** The excess, if more was found than a limit allows; otherwise null. */
export function over(limit: LimitName, found: number): Excess | null {
  const allowed = LIMITS[limit]
  return found > allowed ? { limit, allowed, found: Math.min(found, Number.MAX_SAFE_INTEGER) } : null
}

/** The excess, if variables hold too many values, however deeply nested. Counting stops there. */
export function excessOfVariables(variables: unknown): Excess | null {
  const left = [variables]
  let found = 0
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value !== "object" || value === null) continue
    const inner = Object.values(value)
    found += inner.length
    const excess = over("values", found)
    if (excess !== null) return excess
    left.push(...inner)
  }
  return null
}

class Ruler {
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  /** Null while it is being measured: then it is part of a cycle, which validation reports. */
  readonly #measured = new Map<string, DocumentMeasure | null>()

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition)
    }
  }

  measure({ selections }: SelectionSetNode): DocumentMeasure {
    return selections.map(selection => this.#selection(selection)).reduce(sum, NOTHING)
  }

  #selection(selection: SelectionNode): DocumentMeasure {
    const directives = selection.directives?.length ?? 0
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      return withDirectives(this.#fragment(selection.name.value), directives)
    }
    const { selectionSet } = selection
    const inner = selectionSet === undefined ? NOTHING : this.measure(selectionSet)
    if (selection.kind === Kind.INLINE_FRAGMENT) return withDirectives(inner, directives)
    return {
      depth: inner.depth + 1,
      width: 1,
      ordinaryWidth: selection.name.value.startsWith("__") ? 0 : 1,
      fields: inner.fields + 1,
      aliases: inner.aliases + (selection.alias === undefined ? 0 : 1),
      directives: inner.directives + directives,
    }
  }

  #fragment(name: string): DocumentMeasure {
    const measured = this.#measured.get(name)
    if (measured !== undefined) return measured ?? NOTHING
    const fragment = this.#fragments.get(name)
    if (fragment === undefined) return NOTHING
    this.#measured.set(name, null)
    const measure = withDirectives(this.measure(fragment.selectionSet), fragment.directives?.length ?? 0)
    this.#measured.set(name, measure)
    return measure
  }
}

function sum(one: DocumentMeasure, other: DocumentMeasure): DocumentMeasure {
  return {
    depth: Math.max(one.depth, other.depth),
    width: one.width + other.width,
    ordinaryWidth: one.ordinaryWidth + other.ordinaryWidth,
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
  }
}

function withDirectives(measure: DocumentMeasure, directives: number): DocumentMeasure {
  return { ...measure, directives: measure.directives + directives }
}
