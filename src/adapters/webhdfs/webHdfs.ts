import { property } from "../../lib/json.js"
import { Http, type HttpReply, type HttpRequest } from "./http.js"
import { urlHost, type WebHdfsLimits, type WebHdfsOptions } from "./options.js"
import { HdfsProblem, notWebHdfs, parsed, problemOfReply } from "./problem.js"

/**
 * With less space left, data nodes by default accept no block, however small: a block of 128 MiB must fit, and 1 GiB be
 * left (hdfs-default.xml: dfs.blocksize, dfs.datanode.round-robin-volume-choosing-policy.additional-available-space).
 */
const ROOM_BYTES_MIN = (1024 + 128) * 1024 ** 2

export interface HdfsStatus {
  /** Its name in the folder that was listed; empty for the path itself. */
  readonly name: string
  readonly isFolder: boolean
  readonly bytes: number
  /** By the name node's clock, in milliseconds since 1970. */
  readonly modifiedAt: number
}

export type RenameOptions = "NONE" | "OVERWRITE"

/** `taken`: there is another file. `gone`: the file to rename does not exist. */
export type Renamed = "renamed" | "taken" | "gone"

type WebHdfsAddress = Pick<Required<WebHdfsOptions>, "url" | "user" | "datanodeHost">

type Parameters = Readonly<Record<string, string>>

/**
 * The operations of the WebHDFS REST API, each tried once; paths are absolute. All throw HdfsProblem; then the operation
 * may have been done. https://hadoop.apache.org/docs/r3.4.2/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
 */
export class WebHdfs {
  readonly #base: URL
  readonly #user: string
  readonly #datanodeHost: string | null
  readonly #http: Http

  constructor({ url, user, datanodeHost }: WebHdfsAddress, limits: WebHdfsLimits) {
    this.#base = new URL(url)
    this.#user = user
    this.#datanodeHost = datanodeHost
    this.#http = new Http(limits)
  }

  /** Writes a new file and any missing folders above it. When it throws, a part of the file may exist. */
  async create(path: string, bytes: Uint8Array): Promise<void> {
    const node = await this.#dataNode("PUT", path, "CREATE", { overwrite: "false" })
    const request = { method: "PUT", url: node, body: bytes, from: fromNode(node, WAY) } as const
    const { status, body } = await this.#http.send(request)
    if (status === 201 || status === 200) return
    const problem = problemOfReply(status, body, fromNode(node))
    throw problem.code === "IOException" ? await this.#withRoom(problem, bytes.length) : problem
  }

  /** Null when there is no such file. */
  async read(path: string): Promise<Uint8Array | null> {
    try {
      const node = await this.#dataNode("GET", path, "OPEN")
      return await this.#content(path, node)
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }

  /** Null when there is nothing at the path. */
  async status(path: string): Promise<HdfsStatus | null> {
    try {
      const body = await this.#ask("GET", path, "GETFILESTATUS")
      return statusOf(property(parsed(body), "FileStatus"), body)
    } catch (error) {
      if (isNotFound(error)) return null
      throw error
    }
  }

  /** The direct content of a folder; empty when there is no such folder. Throws when the path is a file. */
  async list(folder: string): Promise<HdfsStatus[]> {
    try {
      const body = await this.#ask("GET", folder, "LISTSTATUS")
      const list = property(property(parsed(body), "FileStatuses"), "FileStatus")
      if (!Array.isArray(list)) throw notWebHdfs(body)
      const statuses = list.map(each => statusOf(each, body))
      // This is the answer for a file.
      const isFile = statuses.some(({ name }) => name === "")
      if (isFile) throw new HdfsProblem("FILE", "it is a file, not a folder", true)
      return statuses
    } catch (error) {
      if (isNotFound(error)) return []
      throw error
    }
  }

  /** Atomically moves a file, over another one only with OVERWRITE. */
  async rename(path: string, to: string, options: RenameOptions): Promise<Renamed> {
    try {
      const body = await this.#ask("PUT", path, "RENAME", { destination: to, renameoptions: options })
      if (body.length > 0) throw optionsIgnored(body)
      return "renamed"
    } catch (error) {
      if (isNotFound(error)) return "gone"
      if (!(error instanceof HdfsProblem)) throw error
      if (error.code === "FileAlreadyExistsException") return "taken"
      // When a folder is in the way, that is an IOException like many others.
      if (error.code === "IOException" && (await this.status(to))?.isFolder) throw aFolder()
      throw error
    }
  }

  /** Deletes a file or an empty folder. Idempotent. */
  async delete(path: string): Promise<void> {
    const body = await this.#ask("DELETE", path, "DELETE", { recursive: "false" })
    if (typeof property(parsed(body), "boolean") !== "boolean") throw notWebHdfs(body)
  }

  /** Ends whatever is in flight. Idempotent. */
  close(): void {
    this.#http.close()
  }

  async #content(path: string, node: URL): Promise<Uint8Array> {
    const { status, body } = await this.#http.send({ method: "GET", url: node, from: fromNode(node, WAY) })
    if (status === 200) return body
    const problem = problemOfReply(status, body, fromNode(node))
    // A data node answers this for a folder, and for a file deleted since the name node was asked.
    if (isNotFound(problem) && (await this.status(path))?.isFolder) throw aFolder()
    throw problem
  }

  /** The address that content goes to or comes from. Some gateways redirect in spite of `noredirect`. */
  async #dataNode(
    method: "GET" | "PUT",
    path: string,
    op: string,
    parameters: Parameters = {},
  ): Promise<URL> {
    const request = this.#request(method, path, op, { ...parameters, noredirect: "true" })
    const { status, location, body } = await this.#http.send(request)
    if (status !== 200 && status !== 307) throw problemOfReply(status, body, "")
    const target = String(status === 307 ? location : property(parsed(body), "Location"))
    if (!/^https?:/.test(target) || !URL.canParse(target)) throw notWebHdfs(body)
    const url = new URL(target)
    if (this.#datanodeHost !== null) url.hostname = urlHost(this.#datanodeHost)
    return url
  }

  async #ask(
    method: HttpRequest["method"],
    path: string,
    op: string,
    parameters: Parameters = {},
  ): Promise<Buffer> {
    const reply = await this.#http.send(this.#request(method, path, op, parameters))
    if (reply.status === 200) return reply.body
    throw reply.location === null ? problemOfReply(reply.status, reply.body, "") : redirected(reply)
  }

  #request(method: HttpRequest["method"], path: string, op: string, parameters: Parameters): HttpRequest {
    const url = new URL(this.#base)
    url.pathname = `${this.#base.pathname.replace(/\/$/, "")}/webhdfs/v1${path}`
    url.search = new URLSearchParams({ op, "user.name": this.#user, ...parameters }).toString()
    return { method, url, from: "" }
  }

  /** Adds that HDFS is full, if it is: a data node does not say so clearly. */
  async #withRoom(problem: HdfsProblem, bytes: number): Promise<HdfsProblem> {
    const body = await this.#ask("GET", "/", "GETSTATUS").catch(() => Buffer.alloc(0))
    const remaining = property(property(parsed(body), "FsStatus"), "remaining")
    if (typeof remaining !== "number" || remaining >= ROOM_BYTES_MIN + bytes) return problem
    const message = `HDFS is full: ${remaining} bytes are left, it needs ${ROOM_BYTES_MIN} free (${problem.message})`
    return new HdfsProblem("FULL", message, true, { cause: problem })
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof HdfsProblem && error.code === "FileNotFoundException"
}

function aFolder(): HdfsProblem {
  return new HdfsProblem("FOLDER", "it is a folder, not a file", true)
}

/** The older RENAME returns a boolean, and moves a file into a folder of that name. */
function optionsIgnored(body: Buffer): HdfsProblem {
  const message = `RENAME with renameoptions: expected an empty answer, got ${body.toString().slice(0, 100)}`
  return new HdfsProblem(
    "NOT_WEBHDFS",
    `${message}; WEBHDFS_URL must lead to a name node, not to HttpFS`,
    true,
  )
}

function redirected({ status, location }: HttpReply): HdfsProblem {
  return new HdfsProblem(`HTTP ${status}`, `expected an answer, was redirected to ${location}`, true)
}

/** What may help when a data node cannot be reached. */
const WAY = "; WEBHDFS_DATANODE_HOST gives another host"

function fromNode({ host }: URL, advice = ""): string {
  return ` (from the data node ${host}${advice})`
}

function statusOf(value: unknown, body: Uint8Array): HdfsStatus {
  const [name, type] = [property(value, "pathSuffix"), property(value, "type")]
  const [bytes, modifiedAt] = [property(value, "length"), property(value, "modificationTime")]
  if (typeof name !== "string" || typeof bytes !== "number" || typeof modifiedAt !== "number") {
    throw notWebHdfs(body)
  }
  return { name, isFolder: type === "DIRECTORY", bytes, modifiedAt }
}
