import { randomUUID } from "node:crypto"
import { Http, type HttpRequest } from "../../../src/adapters/webhdfs/http.js"
import { openWebHdfsLake } from "../../../src/adapters/webhdfs/lake.js"
import { WEBHDFS_LIMITS, type WebHdfsOptions } from "../../../src/adapters/webhdfs/options.js"
import type { Lake } from "../../../src/ports/lake.js"

/** Where an HDFS is. */
export type HdfsAddress = Pick<WebHdfsOptions, "url" | "hdfsUrl">

/** The HDFS of the stack that the tests were started with. Throws when there is none: a stack test is never skipped. */
export function stackHdfs(): HdfsAddress {
  return { url: setting("WEBHDFS_URL"), hdfsUrl: setting("HDFS_URL") }
}

function setting(name: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== "") return value
  throw new Error(`${name} is not set: run scripts/test --stack, or scripts/stack up and set it`)
}

export function freshFolder(): string {
  return `/test/${randomUUID()}`
}

export function openTestLake(options: Partial<WebHdfsOptions> & { readonly folder: string }): Lake {
  return openWebHdfsLake({
    url: "",
    hdfsUrl: "",
    ...(options.url === undefined ? stackHdfs() : {}),
    ...options,
  })
}

/** HDFS as an operator has it: one call of WebHDFS on an absolute path. Throws what it answers if that is an error. */
export async function webhdfs(
  { url }: HdfsAddress,
  method: HttpRequest["method"],
  path: string,
  query: string,
  body?: Uint8Array,
): Promise<unknown> {
  const http = new Http(WEBHDFS_LIMITS)
  const send = (target: string | URL) =>
    http.send({ method, url: new URL(target), from: "", ...(body === undefined ? {} : { body }) })
  try {
    const address = `${url}/webhdfs/v1${path}?${query}&user.name=guildhall`
    const first = await send(address)
    const reply = first.location !== null && first.status === 307 ? await send(first.location) : first
    if (reply.status < 300) return reply.body.length === 0 ? null : JSON.parse(reply.body.toString())
    throw new Error(`${method} ${path}?${query}: ${reply.status} ${reply.body.toString().slice(0, 300)}`)
  } finally {
    http.close()
  }
}

/** What lies directly in a folder, hidden names too. */
export async function namesIn(hdfs: HdfsAddress, folder: string): Promise<string[]> {
  const reply = await webhdfs(hdfs, "GET", folder, "op=LISTSTATUS")
  const { FileStatuses } = reply as { FileStatuses: { FileStatus: { pathSuffix: string }[] } }
  return FileStatuses.FileStatus.map(({ pathSuffix }) => pathSuffix)
}
