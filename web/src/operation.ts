import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse } from "graphql"

/**
 * The operation of a document by its name, or its only one; null if there is none, or it is ambiguous. For a
 * moment after a change of tab GraphiQL passes the name of the previous tab with the text of the new one.
 */
export function findOperation(text: string, name: string | null = null): OperationDefinitionNode | null {
  const document = parsed(text)
  if (document === null) return null
  return getOperationAST(document, name) ?? getOperationAST(document) ?? null
}

/** Null if the text cannot be parsed: the server reports what is wrong. */
function parsed(text: string): DocumentNode | null {
  try {
    return parse(text)
  } catch {
    return null
  }
}
