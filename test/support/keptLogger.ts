import type { Logger } from "../../src/ports/logger.js"

export interface Told {
  readonly level: "debug" | "info" | "warn" | "error"
  readonly message: string
  readonly fields: object
}

/** Keeps what was logged. */
export class KeptLogger implements Logger {
  readonly told: Told[] = []

  debug(fields: object, message: string): void {
    this.told.push({ level: "debug", fields, message })
  }
  info(fields: object, message: string): void {
    this.told.push({ level: "info", fields, message })
  }
  warn(fields: object, message: string): void {
    this.told.push({ level: "warn", fields, message })
  }
  error(fields: object, message: string): void {
    this.told.push({ level: "error", fields, message })
  }

  /** What an operator sees: all but debug. */
  get seen(): readonly string[] {
    return this.told
      .filter(({ level }) => level !== "debug")
      .map(({ level, message }) => `${level}: ${message}`)
  }
}
