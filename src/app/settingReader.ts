import { nearSettings } from "./nearSettings.js"

export type Environment = Readonly<Record<string, string | undefined>>

export interface ResolvedSetting {
  readonly name: string
  readonly value: string
  readonly from: "default" | "environment"
  /** Whether the value is as it was given: no secret was left out. */
  readonly isWhole: boolean
  readonly meaning: string
}

/** A setting that is a list, with commas between its items. */
export interface List<T extends string> {
  readonly fallback: string
  readonly meaning: string
  readonly expected: string
  readonly isItem: (text: string) => text is T
}

/** Reads settings one by one and collects the mistakes in them. */
export class SettingReader {
  readonly problems: string[] = []
  readonly settings: ResolvedSetting[] = []
  readonly #environment: Environment

  constructor(environment: Environment) {
    this.#environment = environment
  }

  text(
    name: string,
    fallback: string,
    meaning: string,
    wrong: (text: string) => string | null = () => null,
  ): string {
    const value = this.#read(name, fallback, meaning)
    const expected = wrong(value)
    if (expected !== null) this.#problem(name, expected, value)
    return value
  }

  /** A text that is never shown. */
  secret(name: string, meaning: string): string {
    const value = this.#environment[name] ?? ""
    const shown = value === "" ? "" : hidden(value)
    const from = value === "" ? "default" : "environment"
    this.settings.push({ name, value: shown, from, isWhole: shown === value, meaning })
    return value
  }

  integer(name: string, fallback: number, min: number, max: number, meaning: string): number {
    const value = this.#read(name, String(fallback), meaning)
    const number = Number(value)
    const good = /^\d+$/.test(value) && number >= min && number <= max
    if (!good) this.#problem(name, `a whole number from ${min} to ${max}`, value)
    return number
  }

  /** In milliseconds. */
  duration(
    name: string,
    fallback: string,
    meaning: string,
    most: { readonly ms: number; readonly text: string } | null = null,
  ): number {
    const value = this.#read(name, fallback, meaning)
    const [, count, unit] = /^(\d{1,9})(ms|s|m|h)$/.exec(value) ?? []
    const ms = Number(count) * ({ ms: 1, s: 1000, m: 60_000, h: 3_600_000 }[unit ?? ""] ?? Number.NaN)
    const expected = `a duration such as ${most === null ? "500ms, 5s, 10m or 1h" : `500ms or 5s, at most ${most.text}`}`
    if (!(ms > 0 && ms <= (most?.ms ?? ms))) this.#problem(name, expected, value)
    return ms
  }

  oneOf<T extends string>(name: string, fallback: T, choices: readonly T[], meaning: string): T {
    const value = this.#read(name, fallback, meaning)
    const choice = choices.find(one => one === value)
    if (choice === undefined) this.#problem(name, `one of ${choices.join(", ")}`, value)
    return choice ?? fallback
  }

  /** Null if the setting is wrong. */
  list<T extends string>(name: string, { fallback, meaning, expected, isItem }: List<T>): T[] | null {
    const value = this.#read(name, fallback, meaning)
    const items = value.split(",").map(item => item.trim())
    const given = items.filter(item => item !== "")
    const good = given.filter(isItem)
    if (good.length === given.length && (given.length > 0 || fallback === "")) return good
    this.#problem(name, expected, value)
    return null
  }

  /** Questions about the other names in the environment; call it once all settings are read. */
  doubts(): string[] {
    const given = Object.keys(this.#environment).filter(name => this.#environment[name] !== "")
    return nearSettings(
      given,
      this.settings.map(({ name }) => name),
    )
  }

  #read(name: string, fallback: string, meaning: string): string {
    const given = this.#environment[name]
    const set = given !== undefined && given !== ""
    const value = set ? given : fallback
    this.settings.push({ name, value, from: set ? "environment" : "default", isWhole: true, meaning })
    return value
  }

  #problem(name: string, expected: string, got: string): void {
    this.problems.push(`${name}: expected ${expected}, got ${JSON.stringify(got.slice(0, 60))}`)
  }
}

/** A URL without its user part; of anything else only that it is set. */
function hidden(value: string): string {
  if (!URL.canParse(value)) return "(set)"
  const { protocol, host, pathname } = new URL(value)
  return `${protocol}//${host}${pathname}`
}
