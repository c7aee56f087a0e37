import { type PageOf, pageCursor } from "./pageCursor.js"
import type { Connection } from "./types/connections.js"

/** An item of a page with its sort key; `node` is null for one that is gone, which gets no edge. */
export interface Placed<T> {
  readonly key: string
  readonly node: T | null
}

/** A page as a connection; its cursors carry the log's id. */
export function connection<T>(
  logId: string,
  of: PageOf,
  items: readonly Placed<T>[],
  hasNextPage: boolean,
): Connection<T> {
  const last = items.at(-1)
  const edges = items.flatMap(({ key, node }) => {
    return node === null ? [] : [{ cursor: pageCursor(logId, of, key), node }]
  })
  const endCursor = last === undefined ? null : pageCursor(logId, of, last.key)
  return { edges, pageInfo: { hasNextPage, endCursor } }
}
