import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { onTestFinished } from "vitest"

export interface Asked {
  readonly method: string
  readonly path: string
  readonly headers: IncomingMessage["headers"]
  /** Of a POST. */
  readonly statement: string
}

/** Presto's answer to a statement: its result in parts, or why it failed. */
export interface Answer {
  readonly columns?: readonly (readonly [name: string, type: string])[]
  readonly parts?: readonly (readonly (readonly unknown[])[])[]
  readonly failure?: { readonly name: string; readonly type: string; readonly message?: string }
}

type Answering = (statement: string) => Answer
type Handling = (asked: Asked, response: ServerResponse) => void

/** Speaks the statement protocol on its own port, or what a test dictates; ends with the test. */
export class FakePresto {
  readonly asked: Asked[] = []
  readonly url: string
  readonly #waiting = new Set<() => void>()

  private constructor(url: string) {
    this.url = url
  }

  static async answering(answer: Answering, host?: string): Promise<FakePresto> {
    return FakePresto.handling((asked, response) => handle(asked, response, answer), host)
  }

  static async handling(handling: Handling, host = "127.0.0.1"): Promise<FakePresto> {
    const server = createServer()
    await new Promise<void>(resolve => server.listen(0, host, resolve))
    const { port } = server.address() as AddressInfo
    const fake = new FakePresto(`http://${host.includes(":") ? `[${host}]` : host}:${port}`)
    server.on("request", async (request: IncomingMessage, response: ServerResponse) => {
      const chunks: Buffer[] = []
      for await (const chunk of request) chunks.push(chunk)
      const { method = "", url: path = "", headers } = request
      const asked = { method, path, headers, statement: Buffer.concat(chunks).toString() }
      fake.asked.push(asked)
      for (const look of fake.#waiting) look()
      handling(asked, response)
    })
    onTestFinished(() => {
      server.closeAllConnections()
      server.close()
    })
    return fake
  }

  get statements(): readonly string[] {
    return this.asked.flatMap(({ method, statement }) => (method === "POST" ? [statement] : []))
  }

  count(method: string): number {
    return this.asked.filter(asked => asked.method === method).length
  }

  /** Resolves once this many requests have come with this method. */
  seen(method: string, count: number): Promise<void> {
    return new Promise(resolve => {
      const look = () => {
        if (this.count(method) < count) return
        this.#waiting.delete(look)
        resolve()
      }
      this.#waiting.add(look)
      look()
    })
  }
}

/** A query's state is in its addresses: the statement, and which part comes next. */
function handle(
  { method, path, headers, statement }: Asked,
  response: ServerResponse,
  answer: Answering,
): void {
  if (method === "DELETE") return void response.writeHead(204).end()
  const url = new URL(path, "http://fake")
  const sql = method === "POST" ? statement : (url.searchParams.get("sql") ?? "")
  const { columns = [], parts = [], failure } = answer(sql)
  const part = method === "POST" ? -1 : Number(url.searchParams.get("part"))
  const next = new URLSearchParams({ sql, part: `${part + 1}` })
  const hasNext = failure === undefined && part + 1 < parts.length
  const body = {
    id: "20240501_000000_00001_fake",
    stats: { state: "RUNNING" },
    ...(hasNext ? { nextUri: `http://${headers.host}/v1/statement/executing?${next}` } : {}),
    ...(part < 0 ? {} : { columns: columns.map(([name, type]) => ({ name, type })), data: parts[part] }),
    ...(failure === undefined ? {} : { error: errorOf(failure) }),
  }
  response.setHeader("content-type", "application/json").end(JSON.stringify(body))
}

function errorOf({ name, type, message = `it is ${name}` }: NonNullable<Answer["failure"]>) {
  return { message, errorCode: 1, errorName: name, errorType: type, failureInfo: { message } }
}
