import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse } from "graphql"

/**
 * The operation of a document by its name, or the only one there is; null if there is none, or no telling. For a moment
 * after a change of tab GraphiQL gives the name of the tab that was left, with the text of the new one.
 */
export function findOperation(text: string, name: string | null = null): OperationDefinitionNode | null {
  const document = parsed(text)
  if (document === null) return null
  return getOperationAST(document, name) ?? getOperationAST(document) ?? null
}

/** The server tells what is wrong with a text. */
function parsed(text: string): DocumentNode | null {
  try {
    return parse(text)
  } catch {
    return null
  }
}
