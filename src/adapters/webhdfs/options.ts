import { isIPv6 } from "node:net"

export interface WebHdfsOptions {
  /** The name node's HTTP address, such as http://127.0.0.1:9870 (WEBHDFS_URL). A path in it precedes /webhdfs/v1. */
  readonly url: string
  /** The same file system as engines name it, such as hdfs://127.0.0.1:8020 (HDFS_URL). */
  readonly hdfsUrl: string
  /** The lake's folder in it, such as /guildhall/lake (LAKE_FOLDER). Created if missing. */
  readonly folder: string
  /** The user name in the calls (WEBHDFS_USER). */
  readonly user?: string
  /**
   * The host at which the data nodes can be reached from here, if not at the one that they announce
   * (WEBHDFS_DATANODE_HOST): for one machine, or containers. The ports are kept.
   */
  readonly datanodeHost?: string | null
  readonly limits?: Partial<WebHdfsLimits>
}

/** Times in milliseconds. */
export interface WebHdfsLimits {
  /** The longest wait for a connection and for an answer, and between two parts of an answer. */
  readonly answerMs: number
  /** Content may take a millisecond per this many bytes, in addition to `answerMs`: 1 MB/s. */
  readonly bytesPerMs: number
  /** How long a call is retried after it was made. */
  readonly deadlineMs: number
  /** The pause before a retry, at first and at most. It doubles each time. */
  readonly pauseMs: number
  readonly pauseMaxMs: number
}

export const WEBHDFS_LIMITS: WebHdfsLimits = {
  answerMs: 10_000,
  bytesPerMs: 1_000,
  deadlineMs: 30_000,
  pauseMs: 100,
  pauseMaxMs: 2_000,
}

export const WEBHDFS_USER = "guildhall"

/** No capitals: Presto converts a table's path to lower case, and then does not find it. */
const FOLDER = /^(\/[a-z0-9_][a-z0-9._=-]*)+$/
const USER = /^[A-Za-z_][A-Za-z0-9._-]*$/

/** One sentence per mistake, beginning with the setting. A URL is not repeated, as it may contain a password. */
export function webHdfsMistakes({ url, hdfsUrl, folder, user, datanodeHost }: WebHdfsOptions): string[] {
  const mistakes: string[] = []
  if (!isPlainUrl(url, ["http:", "https:"])) {
    mistakes.push("WEBHDFS_URL: expected http://host[:port], or https://, without user, password and query")
  }
  if (!isPlainUrl(hdfsUrl, ["hdfs:", "viewfs:"]) || /[A-Z]/.test(hdfsUrl)) {
    mistakes.push(
      "HDFS_URL: expected hdfs://host[:port] in lower case, the file system of WEBHDFS_URL as engines name it",
    )
  }
  if (!FOLDER.test(folder)) {
    mistakes.push(
      `LAKE_FOLDER: expected an absolute path of plain segments in lower case, got ${JSON.stringify(folder)}`,
    )
  }
  if (user !== undefined && !USER.test(user)) {
    mistakes.push(`WEBHDFS_USER: expected letters, digits and . _ -, got ${JSON.stringify(user)}`)
  }
  if (datanodeHost != null && !isHost(datanodeHost)) {
    mistakes.push(
      `WEBHDFS_DATANODE_HOST: expected a host name or an address, got ${JSON.stringify(datanodeHost)}`,
    )
  }
  return mistakes
}

function isPlainUrl(text: string, protocols: readonly string[]): boolean {
  if (!URL.canParse(text)) return false
  const { protocol, hostname, username, password, search, hash } = new URL(text)
  const rest = username + password + search + hash
  return protocols.includes(protocol) && hostname !== "" && rest === ""
}

/** The host as written in a URL: an IPv6 address in brackets. */
export function urlHost(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}

function isHost(text: string): boolean {
  if (isIPv6(text)) return true
  return URL.canParse(`http://${text}`) && new URL(`http://${text}`).hostname === text.toLowerCase()
}
