import {
  type DirectiveNode,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionSetNode,
  SingleFieldSubscriptionsRule,
  type ValidationContext,
  type ValidationRule,
} from "graphql"

const CONDITIONS: ReadonlySet<string> = new Set([GraphQLSkipDirective.name, GraphQLIncludeDirective.name])

/**
 * A subscription has exactly one root field, whatever its variables: `@skip` and `@include` are not allowed
 * at its root (https://spec.graphql.org/September2025/#sec-Single-Root-Field). The rule of graphql-js 16
 * evaluates these conditions without the variables, which throws, and its executor throws if no field is
 * left.
 */
export const subscriptionRootRule: ValidationRule = context => {
  const errors = context.getDocument().definitions.flatMap(definition => {
    const isSubscription =
      definition.kind === Kind.OPERATION_DEFINITION && definition.operation === OperationTypeNode.SUBSCRIPTION
    return isSubscription ? errorsOf(context, definition) : []
  })
  if (errors.length === 0) return SingleFieldSubscriptionsRule(context)
  return {
    Document: () => {
      for (const error of errors) context.reportError(error)
    },
  }
}

function errorsOf(
  context: ValidationContext,
  { name, selectionSet }: OperationDefinitionNode,
): GraphQLError[] {
  const nodes = conditionsIn(context, selectionSet, new Set())
  if (nodes.length === 0) return []
  const subscription = name === undefined ? "Anonymous Subscription" : `Subscription "${name.value}"`
  return [new GraphQLError(`${subscription} must not use @skip or @include at its root.`, { nodes })]
}

/** The conditions at the root, with fragments spread. */
function conditionsIn(
  context: ValidationContext,
  { selections }: SelectionSetNode,
  spread: Set<string>,
): DirectiveNode[] {
  return selections.flatMap(selection => {
    const own = (selection.directives ?? []).filter(({ name }) => CONDITIONS.has(name.value))
    if (selection.kind === Kind.FIELD) return own
    if (selection.kind === Kind.INLINE_FRAGMENT) {
      return [...own, ...conditionsIn(context, selection.selectionSet, spread)]
    }
    const name = selection.name.value
    const fragment = context.getFragment(name)
    if (!fragment || spread.has(name)) return own
    spread.add(name)
    return [...own, ...conditionsIn(context, fragment.selectionSet, spread)]
  })
}
