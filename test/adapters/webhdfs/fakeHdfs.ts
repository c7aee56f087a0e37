import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { onTestFinished } from "vitest"

/** What a call asks for: an operation of the name node, or content that a data node takes or gives. */
export type Step =
  | "CREATE"
  | "put content"
  | "GETFILESTATUS"
  | "RENAME"
  | "OPEN"
  | "get content"
  | "LISTSTATUS"
  | "DELETE"
  | "GETSTATUS"

/**
 * How a call goes wrong.
 * - drop: it is not done, and the connection ends;
 * - lose: it is done, and the connection ends without an answer;
 * - hang: it is not done, and nothing is answered;
 * - late: nothing is answered, and it is done on `release`;
 * - cut: half of the content is stored, or sent, and then the connection ends;
 * - short: half of the content is stored, as if it were the whole;
 * - unmeasured: the answer has no length.
 */
export type Breakage = "drop" | "lose" | "hang" | "late" | "cut" | "short" | "unmeasured" | Answer

export interface Answer {
  readonly status: number
  readonly body?: string
  readonly headers?: Readonly<Record<string, string>>
}

export interface FakeFile {
  readonly bytes: Buffer
  readonly modifiedAt: number
}

const OK: Answer = { status: 200 }

/** An answer with which WebHDFS refuses. */
export function refusal(exception: string, status = 403, message = `${exception} told so`): Answer {
  return {
    status,
    body: JSON.stringify({ RemoteException: { exception, message: `${message}\n\tat java` } }),
  }
}

/** A name node and its data node in one HTTP server, which break as the test wants. */
export class FakeHdfs {
  readonly files = new Map<string, FakeFile>()
  readonly folders = new Set<string>()
  /** Each call that arrived. */
  readonly steps: Step[] = []
  /** The users that were named. */
  readonly users = new Set<string | null>()
  /** The host that the data node announces. */
  datanodeHost = "127.0.0.1"
  /** The content of a file is asked for by a redirect, whatever was asked. */
  redirects = false
  /** The older RENAME, which knows no options. */
  ignoresRenameOptions = false
  remaining = 1e12
  /** The most calls that were in flight at once. */
  busiest = 0
  #busy = 0
  #late: (() => void)[] = []
  readonly #breakages = new Map<Step, Breakage[]>()
  readonly #always = new Map<Step, Breakage>()
  readonly #server: Server
  #port = 0

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response))
    // Each content is answered on a connection that ends, as a data node does it.
    this.#server.keepAliveTimeout = 1_000
  }

  /** Gone when the test is over. */
  static async start(port = 0): Promise<FakeHdfs> {
    const hdfs = new FakeHdfs()
    hdfs.#server.listen(port, "127.0.0.1")
    await once(hdfs.#server, "listening")
    const address = hdfs.#server.address()
    if (address === null || typeof address === "string") throw new Error("no port")
    hdfs.#port = address.port
    onTestFinished(() => hdfs.stop())
    return hdfs
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`
  }

  get port(): number {
    return this.#port
  }

  /** What happens to the next calls of a step, one each; later ones succeed. */
  breakNext(step: Step, ...breakages: readonly Breakage[]): void {
    this.#breakages.set(step, [...(this.#breakages.get(step) ?? []), ...breakages])
  }

  breakAlways(step: Step, breakage: Breakage | null): void {
    if (breakage === null) this.#always.delete(step)
    else this.#always.set(step, breakage)
  }

  /** Does what is late. */
  release(): void {
    const late = this.#late
    this.#late = []
    for (const act of late) act()
  }

  count(step: Step): number {
    return this.steps.filter(each => each === step).length
  }

  text(path: string): string | null {
    return this.files.get(path)?.bytes.toString() ?? null
  }

  set(path: string, content: string, modifiedAt = Date.now()): void {
    this.files.set(path, { bytes: Buffer.from(content), modifiedAt })
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, "close").catch(() => {})
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#busy += 1
    this.busiest = Math.max(this.busiest, this.#busy)
    response.once("close", () => {
      this.#busy -= 1
    })
    const url = new URL(request.url ?? "", this.url)
    const step = stepOf(url)
    this.steps.push(step)
    this.users.add(url.searchParams.get("user.name"))
    // A data node does this without being asked.
    if (step === "put content") response.writeContinue()
    const body = await bodyOf(request)
    const breakage = this.#breakages.get(step)?.shift() ?? this.#always.get(step)
    if (breakage === undefined) send(response, this.#perform(step, url, body))
    else this.#break(breakage, step, url, body, response)
  }

  #break(breakage: Breakage, step: Step, url: URL, body: Buffer, response: ServerResponse): void {
    const half = body.subarray(0, body.length / 2)
    if (typeof breakage === "object") send(response, breakage)
    else if (breakage === "late") this.#late.push(() => this.#perform(step, url, body))
    else if (breakage === "short") send(response, this.#perform(step, url, half))
    else if (breakage === "unmeasured") sendUnmeasured(response, this.#perform(step, url, body))
    else if (breakage === "cut" && step === "get content") sendHalf(response, this.#perform(step, url, body))
    else if (breakage !== "hang") {
      if (breakage === "cut") this.#perform(step, url, half)
      if (breakage === "lose") this.#perform(step, url, body)
      response.destroy()
    }
  }

  #perform(step: Step, url: URL, body: Buffer): Answer & { readonly content?: Buffer } {
    const path = url.pathname.replace(/^.*\/webhdfs\/v1/, "")
    switch (step) {
      case "CREATE":
      case "OPEN":
        return this.#sendOn(step, url, path)
      case "put content":
        if (this.files.has(path)) return refusal("FileAlreadyExistsException")
        this.files.set(path, { bytes: body, modifiedAt: Date.now() })
        return { status: 201 }
      case "get content":
        return this.#content(path)
      case "GETFILESTATUS":
        return this.#status(path)
      case "LISTSTATUS":
        return this.#list(path)
      case "RENAME":
        return this.#rename(path, url.searchParams)
      case "DELETE":
        return json({ boolean: this.files.delete(path) })
      case "GETSTATUS":
        return json({ FsStatus: { used: 0, remaining: this.remaining, capacity: 1e15 } })
    }
  }

  #sendOn(step: "CREATE" | "OPEN", url: URL, path: string): Answer {
    if (step === "OPEN" && !this.files.has(path) && !this.folders.has(path)) return notFound(path)
    const location = `http://${this.datanodeHost}:${this.#port}${url.pathname}?op=${step}&content=true`
    return this.redirects ? { status: 307, headers: { location } } : json({ Location: location })
  }

  #content(path: string): Answer & { readonly content?: Buffer } {
    const file = this.files.get(path)
    return file === undefined ? notFound(path) : { status: 200, content: file.bytes }
  }

  #status(path: string): Answer {
    const file = this.files.get(path)
    if (file === undefined && !this.folders.has(path)) return notFound(path)
    return json({ FileStatus: statusOf("", file) })
  }

  #list(folder: string): Answer {
    const file = this.files.get(folder)
    if (file !== undefined) return json({ FileStatuses: { FileStatus: [statusOf("", file)] } })
    const under = [...this.files].filter(([path]) => path.startsWith(`${folder}/`))
    if (under.length === 0) return notFound(folder)
    const statuses = under.map(([path, each]) => statusOf(path.slice(folder.length + 1), each))
    return json({ FileStatuses: { FileStatus: statuses } })
  }

  #rename(path: string, parameters: URLSearchParams): Answer {
    const to = parameters.get("destination") ?? ""
    const file = this.files.get(path)
    const isOver = parameters.get("renameoptions") === "OVERWRITE" && !this.ignoresRenameOptions
    if (this.ignoresRenameOptions && (file === undefined || this.files.has(to)))
      return json({ boolean: false })
    if (file === undefined) return notFound(path)
    if (this.folders.has(to)) return refusal("IOException", 403, "must both be directories")
    if (this.files.has(to) && !isOver) return refusal("FileAlreadyExistsException")
    this.files.delete(path)
    this.files.set(to, file)
    return this.ignoresRenameOptions ? json({ boolean: true }) : OK
  }
}

function stepOf({ searchParams }: URL): Step {
  const op = searchParams.get("op")
  if (searchParams.has("content")) return op === "CREATE" ? "put content" : "get content"
  const steps: readonly Step[] = [
    "CREATE",
    "GETFILESTATUS",
    "RENAME",
    "OPEN",
    "LISTSTATUS",
    "DELETE",
    "GETSTATUS",
  ]
  const step = steps.find(each => each === op)
  if (step === undefined) throw new Error(`an operation that the fake does not know: ${op}`)
  return step
}

function statusOf(name: string, file: FakeFile | undefined): object {
  const type = file === undefined ? "DIRECTORY" : "FILE"
  const { bytes = Buffer.alloc(0), modifiedAt = 0 } = file ?? {}
  return { pathSuffix: name, type, length: bytes.length, modificationTime: modifiedAt }
}

function notFound(path: string): Answer {
  return refusal("FileNotFoundException", 404, `File does not exist: ${path}`)
}

function json(value: object): Answer {
  return { status: 200, body: JSON.stringify(value) }
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function send(
  response: ServerResponse,
  { status, body, headers = {}, ...rest }: Answer & { content?: Buffer },
): void {
  const content = rest.content ?? Buffer.from(body ?? "")
  response.writeHead(status, { "content-length": content.length, ...headers })
  response.end(content)
}

function sendHalf(
  response: ServerResponse,
  { status, content = Buffer.alloc(0) }: Answer & { content?: Buffer },
): void {
  response.writeHead(status, { "content-length": content.length })
  response.write(content.subarray(0, content.length / 2), () => response.destroy())
}

function sendUnmeasured(
  response: ServerResponse,
  { content = Buffer.alloc(0) }: Answer & { content?: Buffer },
): void {
  response.socket?.end(`HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n${content}`)
}
