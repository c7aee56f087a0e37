import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  type ValueNode,
  visit,
} from "graphql"
import { LENGTH } from "../resolvers/rowsLength.js"

export type Variables = Readonly<Record<string, unknown>>

/** The arguments that determine how long a page or a list becomes. */
const LENGTHS: ReadonlySet<string> = new Set(["first", "ids"])

/**
 * How many fields an operation of a valid document resolves if each page and list is as long as requested.
 * Variables and their defaults are taken into account.
 */
export function costOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Variables,
): number {
  const root = schema.getRootType(operation.operation)
  return root ? new Costing(schema, document, operation, variables).of(root, operation.selectionSet) : 0
}

/** Whether the cost of a document depends on its variables. */
export function costDependsOnVariables(document: DocumentNode): boolean {
  let depends = false
  visit(document, {
    Argument({ name, value }) {
      depends ||= LENGTHS.has(name.value) && value.kind === Kind.VARIABLE
    },
  })
  return depends
}

class Costing {
  readonly #schema: GraphQLSchema
  readonly #fragments = new Map<string, FragmentDefinitionNode>()
  readonly #variables: Variables
  readonly #defaults = new Map<string, ValueNode>()

  constructor(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Variables,
  ) {
    this.#schema = schema
    this.#variables = variables
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.#fragments.set(definition.name.value, definition)
    }
    for (const { variable, defaultValue } of operation.variableDefinitions ?? []) {
      if (defaultValue !== undefined) this.#defaults.set(variable.name.value, defaultValue)
    }
  }

  of(type: GraphQLNamedType, { selections }: SelectionSetNode): number {
    return selections.reduce((sum, selection) => sum + this.#selection(type, selection), 0)
  }

  #selection(type: GraphQLNamedType, selection: SelectionNode): number {
    if (selection.kind === Kind.FIELD) return this.#field(type, selection)
    const spread = selection.kind === Kind.FRAGMENT_SPREAD
    const fragment = spread ? this.#fragments.get(selection.name.value) : selection
    if (fragment === undefined) return 0
    const condition = fragment.typeCondition?.name.value
    const inner = condition === undefined ? type : this.#schema.getType(condition)
    return inner ? this.of(inner, fragment.selectionSet) : 0
  }

  /** Introspection fields are not among a type's fields: each costs one. */
  #field(type: GraphQLNamedType, node: FieldNode): number {
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined
    if (field === undefined || node.selectionSet === undefined) return 1
    return 1 + this.#length(field, node) * this.of(getNamedType(field.type), node.selectionSet)
  }

  #length({ args, extensions }: GraphQLField<unknown, unknown>, node: FieldNode): number {
    const declared = extensions[LENGTH]
    if (typeof declared === "number") return declared
    for (const { name, defaultValue } of args) {
      if (!LENGTHS.has(name)) continue
      const given = node.arguments?.find(argument => argument.name.value === name)?.value
      return lengthOf((given && this.#value(given)) ?? defaultValue)
    }
    return 1
  }

  /** A number or a list; anything else says nothing about a length. */
  #value(node: ValueNode): unknown {
    if (node.kind === Kind.INT) return Number(node.value)
    if (node.kind === Kind.LIST) return node.values
    if (node.kind !== Kind.VARIABLE) return undefined
    const name = node.name.value
    if (Object.hasOwn(this.#variables, name)) return this.#variables[name]
    const fallback = this.#defaults.get(name)
    return fallback === undefined ? undefined : this.#value(fallback)
  }
}

/** A negative page size is refused later, and a single id may stand for a list of one. */
function lengthOf(value: unknown): number {
  if (Array.isArray(value)) return value.length
  return typeof value === "number" ? Math.max(value, 1) : 1
}
