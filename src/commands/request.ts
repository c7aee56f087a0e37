import { hash } from "node:crypto"
import type { Aggregate } from "../domain/aggregates.js"
import type { CommandType } from "../domain/command.js"
import { type CommandName, commandType } from "../domain/commands.js"
import { parseInput, show } from "../domain/input.js"
import { idempotencyKey } from "../domain/kinds.js"
import { Fault } from "../ports/faults.js"

/** A command as a client requests it. */
export interface CommandRequest {
  readonly name: CommandName
  /** Not yet checked. */
  readonly input: Readonly<Record<string, unknown>>
  /** 1 to 64 printable ASCII characters; if it is missing the server makes one. */
  readonly idempotencyKey?: string | null | undefined
  /** A random key that the caller has just made instead, so that it knows the key whatever happens. */
  readonly newKey?: string | null
}

/** A command whose input and key are well-formed. */
export interface CheckedCommand {
  readonly type: CommandType
  // biome-ignore lint/suspicious/noExplicitAny: checked by the fields of its own type
  readonly input: any
  readonly aggregates: readonly Aggregate[]
  readonly key: string
  /** Whether the client chose the key. Only then may it have been used before. */
  readonly clientKey: boolean
  /** `<acting player>/<key>` (R21) */
  readonly id: string
  readonly digest: string
}

/** Checks a request. Throws BAD_USER_INPUT, which names the field, what was expected, and the value. */
export function checkRequest(request: CommandRequest, newKey: () => string): CheckedCommand {
  const type = commandType(request.name)
  const parsed = parseInput(type.input, request.input)
  if (!parsed.ok) {
    const problems = parsed.problems.map(
      ({ field, expected, got }) => `${field}: expected ${expected}, got ${got}`,
    )
    throw new Fault("BAD_USER_INPUT", `${type.name}: ${problems.join("; ")}`)
  }
  const input = parsed.value
  const wrong = type.check?.(input) ?? null
  if (wrong !== null) {
    const got = show(request.input[wrong.field])
    throw new Fault("BAD_USER_INPUT", `${type.name}: ${wrong.field}: expected ${wrong.expected}, got ${got}`)
  }
  const key = request.idempotencyKey ?? null
  if (key !== null && !idempotencyKey.is(key)) {
    const expected = `expected ${idempotencyKey.expected}, got ${show(key)}`
    throw new Fault("BAD_USER_INPUT", `${type.name}: idempotencyKey: ${expected}`)
  }
  const aggregates = [...new Set(type.aggregates(input))]
  const used = key ?? request.newKey ?? newKey()
  const digest = digestOf(type, input)
  return {
    type,
    input,
    aggregates,
    key: used,
    clientKey: key !== null,
    id: commandId(aggregates, used),
    digest,
  }
}

/** The acting player comes first among the aggregates and owns the key. */
function commandId(aggregates: readonly Aggregate[], key: string): string {
  const player = aggregates[0]?.slice("player/".length)
  return `${player}/${key}`
}

/**
 * A short hash of the command's input, without personal fields: they must not stay in the log in any form.
 */
function digestOf(type: CommandType, input: Readonly<Record<string, unknown>>): string {
  const names = Object.keys(type.input).filter(name => type.input[name]?.personal !== true)
  const entries = names.map(name => [name, input[name]])
  return hash("sha256", JSON.stringify([type.name, entries]), "base64url").slice(0, 16)
}
