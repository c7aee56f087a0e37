import type { Logger } from "../../src/ports/logger.js"

export interface LogEntry {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly fields: object
}

/** Keeps all log entries. */
export class KeptLogger implements Logger {
  readonly entries: LogEntry[] = []

  debug(fields: object, message: string): void {
    this.entries.push({ level: "debug", fields, message })
  }
  info(fields: object, message: string): void {
    this.entries.push({ level: "info", fields, message })
  }
  warn(fields: object, message: string): void {
    this.entries.push({ level: "warn", fields, message })
  }
  error(fields: object, message: string): void {
    this.entries.push({ level: "error", fields, message })
  }

  /** What an operator sees: all but debug. */
  get seen(): readonly string[] {
    return this.entries
      .filter(({ level }) => level !== "debug")
      .map(({ level, message }) => `${level}: ${message}`)
  }
}
