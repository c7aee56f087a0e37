import { readFile } from "node:fs/promises"
import type { IncomingMessage, ServerResponse } from "node:http"
import { unlessAbsent } from "../lib/systemError.js"
import { type BuiltPage, type BuiltPages, builtAt, listPages } from "./builtPages.js"
import { type Headers, send, sendEmpty } from "./respond.js"

/** The path of the pages; the same as `base` in web/vite.config.ts. */
export const PAGES_PATH = "/playground"

/**
 * Everything comes from this server. `connect-src 'self'` covers WebSockets too. The editor, Monaco, writes
 * style elements, and its fonts are in the style sheet.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

const SECURITY: Headers = {
  "content-security-policy": POLICY,
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
}

/** How often the page of a playground that is not built yet reloads, in seconds. */
const LOOK_AGAIN = 3

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${LOOK_AGAIN}">
<title>Guildhall playground: not built yet</title>
<style>body { font: 1rem/1.5 system-ui, sans-serif; max-width: 36rem; margin: 15vh auto; padding: 0 1rem }</style>
</head>
<body>
<h1>The playground is not built yet</h1>
<p><code>scripts/start</code> builds it in the background once GraphQL answers; the first time that takes about half a
minute. Its log is <code>.cache/web.log</code>. <code>scripts/web</code> builds it by hand.</p>
<p>This page checks again every ${LOOK_AGAIN} seconds.</p>
</body>
</html>
`

interface Listed {
  readonly at: number
  readonly pages: BuiltPages
}

/**
 * Serves the pages that the build left in a folder: only those in its list, so that no path leads elsewhere.
 * Whenever the first page is requested, it checks whether they were built again.
 */
export class Pages {
  readonly #folder: string
  #listed: Listed | null = null

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Whether a path is one of the pages' addresses. */
  static has(path: string): boolean {
    return path === PAGES_PATH || path.startsWith(`${PAGES_PATH}/`)
  }

  /** Answers GET and HEAD requests for such a path. */
  async answer(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = path.slice(PAGES_PATH.length + 1)
    if (name === "" || this.#listed === null) await this.#refresh()
    if (this.#listed === null) return sendNotBuilt(response)
    const page = this.#listed.pages.get(name)
    if (page === undefined) return sendNothing(response)
    await sendPage(page, request, response)
  }

  async #refresh(): Promise<void> {
    const at = await builtAt(this.#folder)
    if (at === null) this.#listed = null
    else if (at !== this.#listed?.at) this.#listed = { at, pages: await listPages(this.#folder) }
  }
}

async function sendPage(
  page: BuiltPage,
  { headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { etag, type, immutable } = page
  const shared: Headers = {
    ...SECURITY,
    etag,
    "cache-control": immutable ? "public, max-age=31536000, immutable" : "no-cache",
    vary: "accept-encoding, origin",
  }
  if (headers["if-none-match"] === etag) return sendEmpty(response, 304, shared)
  const packed = takesGzip(headers["accept-encoding"]) ? page.packed : null
  const content = await unlessAbsent(readFile(packed ?? page.file), null)
  // Another build has replaced it since the list was made.
  if (content === null) return sendNothing(response)
  send(response, 200, content, {
    ...shared,
    "content-type": type,
    ...(packed !== null && { "content-encoding": "gzip" }),
  })
}

/** Whether an accept-encoding header, as browsers send it, lists `gzip` without a weight of 0. */
function takesGzip(accepted = ""): boolean {
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted)
}

function sendNothing(response: ServerResponse): void {
  const headers = { ...SECURITY, "content-type": "text/plain; charset=utf-8" }
  send(response, 404, `nothing is here; the playground is at ${PAGES_PATH}`, headers)
}

function sendNotBuilt(response: ServerResponse): void {
  const headers = { "content-type": "text/html; charset=utf-8", "retry-after": String(LOOK_AGAIN) }
  send(response, 503, NOT_BUILT, { ...SECURITY, ...headers })
}
