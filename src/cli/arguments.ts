import { InvalidArgumentError } from "commander"
import { ROWS_MAX } from "./sql.js"

/** The address of the server at the environment's HOST and PORT. */
export const HERE = "default: as HOST and PORT say"

/** Runs a command; its exit code becomes the process's. */
export function run<O>(command: (options: O) => Promise<number>): (options: O) => Promise<void> {
  return async options => {
    process.exitCode = await command(options)
  }
}

export function whole(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("expected a whole number")
  return Number(text)
}

/** A GraphQL address; a server's bare address stands for its `/graphql`. */
export function oneAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new InvalidArgumentError("expected http://host:port/graphql")
  }
  return url.pathname === "/" ? new URL("/graphql", url).href : text
}

/** GraphQL addresses, given one after the other. */
export function addresses(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, oneAddress(text)]
}

/** At least 1. */
export function positive(text: string): number {
  const number = whole(text)
  if (number === 0) throw new InvalidArgumentError("expected a whole number above 0")
  return number
}

export function rowLimit(text: string): number {
  const number = positive(text)
  if (number <= ROWS_MAX) return number
  throw new InvalidArgumentError(`expected at most ${ROWS_MAX}: for exports see docs/lake.md`)
}

/** In milliseconds. */
export function duration(text: string): number {
  const [, count, unit] = /^(\d{1,7})(ms|s|m)$/.exec(text) ?? []
  if (count === undefined) throw new InvalidArgumentError("expected a duration such as 500ms, 30s or 2m")
  return Number(count) * (unit === "ms" ? 1 : unit === "s" ? 1000 : 60_000)
}
