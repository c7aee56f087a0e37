import type { IncomingMessage } from "node:http"

/** The target of a request: https://www.rfc-editor.org/rfc/rfc9112#section-3.2 */
export interface RequestTarget {
  /** That of the target itself if it has one, otherwise that of the Host header; empty without either. */
  readonly authority: string
  readonly path: string
  /** With its question mark; empty without one. */
  readonly search: string
}

/** A target is usually a path; proxies and some clients send a whole URL, whose authority then counts. */
export function targetOf({ url = "", headers }: Pick<IncomingMessage, "url" | "headers">): RequestTarget {
  const [, authority = headers.host ?? "", rest = url] = /^https?:\/\/([^/?#]*)(.*)$/is.exec(url) ?? []
  const start = rest.indexOf("?")
  const path = start === -1 ? rest : rest.slice(0, start)
  return { authority, path: path === "" ? "/" : path, search: start === -1 ? "" : rest.slice(start) }
}
