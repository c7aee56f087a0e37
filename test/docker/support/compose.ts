import { readFileSync } from "node:fs"
import { parse } from "yaml"

export type Environment = Readonly<Record<string, string | number>>

/** A service of docker/compose.yaml, as far as tests look at it. */
export interface Service {
  readonly image: string
  readonly build?: { readonly context: string; readonly dockerfile: string }
  readonly entrypoint?: readonly string[]
  readonly command?: readonly string[]
  readonly environment?: Environment
  readonly ports?: readonly string[]
  readonly volumes?: readonly string[]
  readonly profiles?: readonly string[]
  readonly mem_limit?: string
  readonly network_mode?: string
  readonly healthcheck?: { readonly test?: readonly string[]; readonly disable?: boolean }
}

export interface Compose {
  readonly services: Readonly<Record<string, Service>>
  readonly volumes: Readonly<Record<string, null>>
}

/** docker/compose.yaml as Compose reads it with these settings: merged, and `${NAME:-default}` filled in. */
export function composeFile(settings: Readonly<Record<string, string>> = {}): Compose {
  const text = readFileSync("docker/compose.yaml", "utf8")
  const filled = text.replace(/\$\{(\w+):-([^}]*)\}/g, (_, name: string, fallback: string) => {
    return settings[name] ?? fallback
  })
  return parse(filled, { merge: true }) as Compose
}

/** The settings of a file such as docker/cluster.env. */
export function envFile(path: string): Readonly<Record<string, string>> {
  const lines = readFileSync(path, "utf8").split("\n")
  return Object.fromEntries(
    lines
      .filter(line => /^\w+=/.test(line))
      .map(line => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  )
}
