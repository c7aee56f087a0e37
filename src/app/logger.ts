import { format } from "node:util"
import { type DestinationStream, pino } from "pino"
import { prettyFactory } from "pino-pretty"
import { shown } from "../lib/terminalText.js"
import type { Logger } from "../ports/logger.js"
import type { Config } from "./config.js"

/** How much may wait to be written: the reader of standard error may be slow, or not read at all. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024

const STANDARD_ERROR = 2

/** How many different texts that libraries print are logged. */
const CONSOLE_TEXTS_MAX = 1000

/** How long to wait after a failed write before the next attempt. */
const RETRY_MS = 1000

/**
 * The process's log, on standard error: text for people, or one JSON object per line, as LOG_FORMAT says. If
 * it cannot be written, such as on a full disk, the process goes on and lines are lost until it can.
 */
export function newLogger({ logLevel, logFormat }: Pick<Config, "logLevel" | "logFormat">): Logger {
  const file = new LogFile()
  const isPretty = logFormat === "auto" ? process.stderr.isTTY : logFormat === "pretty"
  const logger = pino({ level: logLevel }, isPretty ? readable(file) : file)
  passConsoleTo(logger)
  return logger
}

/** Logs what libraries print to the console, each text once: ioredis repeats its warnings at every connection. */
export function passConsoleTo(logger: Logger): void {
  const seen = new Set<string>()
  const log = (...parts: readonly unknown[]) => {
    const text = format(...parts)
    if (seen.has(text) || seen.size >= CONSOLE_TEXTS_MAX) return
    seen.add(text)
    logger.warn({}, text)
  }
  console.warn = log
  console.error = log
}

type Destination = ReturnType<typeof pino.destination>

/**
 * Opens a new destination after a failed write. Rejected: keeping one for ever. After a failed write its
 * flush at the process's exit retries without end.
 */
class LogFile implements DestinationStream {
  #file: Destination | null = null
  #retryAt = 0

  write(text: string): void {
    if (this.#file === null && Date.now() >= this.#retryAt) this.#file = this.#open()
    this.#file?.write(text)
  }

  #open(): Destination {
    const file = pino.destination({ dest: STANDARD_ERROR, sync: false, maxLength: WAITING_BYTES_MAX })
    file.once("error", () => {
      this.#file = null
      this.#retryAt = Date.now() + RETRY_MS
      file.on("error", () => {})
      file.destroy()
    })
    return file
  }
}

/** Times are UTC, as everywhere. */
function readable(file: DestinationStream): DestinationStream {
  const line = prettyFactory({
    colorize: process.stderr.isTTY && (process.env.NO_COLOR ?? "") === "",
    translateTime: "UTC:yyyy-mm-dd HH:MM:ss'Z'",
    ignore: "pid,hostname",
    singleLine: true,
  })
  return { write: text => file.write(line(JSON.parse(text, shownValue))) }
}

/** JSON escapes control sequences that a terminal would obey; the pretty line would print them raw. */
function shownValue(_: string, value: unknown): unknown {
  return typeof value === "string" ? shown(value) : value
}
