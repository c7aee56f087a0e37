import { type GraphQLResolveInfo, Kind, type SelectionNode, type SelectionSetNode } from "graphql"

type Fragments = GraphQLResolveInfo["fragments"]

/** Whether only the id of an object is selected, fragments included: then the object need not be read. */
export function asksForIdOnly({
  fieldNodes,
  fragments,
}: Pick<GraphQLResolveInfo, "fieldNodes" | "fragments">): boolean {
  return fieldNodes.every(({ selectionSet }) => isIdOnly(selectionSet, fragments))
}

/** Validation has ensured that fragments form no cycle. */
function isIdOnly(set: SelectionSetNode | undefined, fragments: Fragments): boolean {
  return set?.selections.every(selection => isId(selection, fragments)) ?? false
}

function isId(selection: SelectionNode, fragments: Fragments): boolean {
  switch (selection.kind) {
    case Kind.FIELD:
      return selection.name.value === "id" || selection.name.value === "__typename"
    case Kind.INLINE_FRAGMENT:
      return isIdOnly(selection.selectionSet, fragments)
    case Kind.FRAGMENT_SPREAD:
      return isIdOnly(fragments[selection.name.value]?.selectionSet, fragments)
  }
}
