import { isRecord } from "../lib/json.js"
import { type Aggregate, guildAggregate, playerAggregate } from "./aggregates.js"
import { show } from "./input.js"
import {
  CAPACITY_MAX,
  catalogueType,
  changes,
  type Fields,
  GOLD_MAX,
  GRANT_MAX,
  gold,
  guildId,
  integer,
  optional,
  personal,
  playerId,
  region,
  type Values,
  visibleText,
} from "./kinds.js"

/**
 * The event types, each declared once (R28). From a declaration come the checks before append and after read,
 * the JSON Schema in `schema/events/`, the lake's columns and one SQL view. `player`, the acting player, is
 * in every event. A new version of a type adds an upcaster from the version before and a new golden file.
 */
export interface EventType<F extends Fields = Fields> {
  readonly name: string
  /** The name of this type's SQL view over the lake. */
  readonly sqlView: string
  readonly version: number
  readonly fields: F
  /** The fields that name the aggregates which the event changes in addition to the acting player. */
  readonly changing: readonly ChangingField[]
  /** `upcasters[v]` turns data of version v into data of version v + 1. */
  readonly upcasters: Readonly<Record<number, (data: unknown) => unknown>>
}

interface ChangingField {
  readonly name: string
  readonly kind: "player" | "guild"
}

function event<N extends string, F extends Fields>(name: N, sqlView: string, fields: F) {
  const changing = Object.entries(fields).flatMap(([field, { changes: kind }]) => {
    return kind === null ? [] : [{ name: field, kind }]
  })
  return {
    name,
    sqlView,
    version: 1,
    fields: { player: playerId, ...fields },
    changing,
    upcasters: {},
  } as const
}

/** The maximum length of a grant's reason, in characters. */
export const REASON_MAX = 200

const types = {
  PlayerRegistered: event("PlayerRegistered", "player_registrations", {
    name: personal(visibleText(64)),
    region,
    gold: gold(0, GOLD_MAX),
    health: integer(0, 1000),
  }),
  GoldGranted: event("GoldGranted", "gold_grants", {
    amount: gold(1, GRANT_MAX),
    reason: visibleText(REASON_MAX),
  }),
  SwordBought: event("SwordBought", "sword_purchases", {
    swordType: catalogueType,
    price: gold(0, GOLD_MAX),
    region,
    guild: optional(guildId),
  }),
  GuildFounded: event("GuildFounded", "guild_foundings", {
    guild: changes("guild", guildId),
    name: visibleText(64),
    capacity: integer(1, CAPACITY_MAX),
  }),
  GuildJoined: event("GuildJoined", "guild_joins", { guild: changes("guild", guildId) }),
  GuildLeft: event("GuildLeft", "guild_leaves", { guild: changes("guild", guildId) }),
  GuildDissolved: event("GuildDissolved", "guild_dissolutions", { guild: changes("guild", guildId) }),
} as const

type Types = typeof types
export type EventName = keyof Types

type PersonalKeys<F extends Fields> = {
  [K in keyof F]: F[K] extends { readonly personal: true } ? K : never
}[keyof F]

/** An event in memory and on the wire. Personal fields stand apart, in `personal`. */
export type EventOf<N extends EventName> = {
  readonly type: N
  readonly v: number
  readonly data: Omit<Values<Types[N]["fields"]>, PersonalKeys<Types[N]["fields"]>>
  readonly personal?: Pick<Values<Types[N]["fields"]>, PersonalKeys<Types[N]["fields"]>>
}
export type GameEvent = { [N in EventName]: EventOf<N> }[EventName]

/** An event as the log holds it, by any build: only its envelope is known. */
export interface RawEvent {
  readonly type: string
  readonly v: number
  readonly data: unknown
  readonly personal?: unknown
}

export type EventRead =
  | { readonly kind: "event"; readonly event: GameEvent }
  /**
   * A type or version newer than this build: not corrupt, but this build cannot go on with its aggregates.
   */
  | { readonly kind: "newer"; readonly reason: string }
  | { readonly kind: "bad"; readonly reason: string }

/** The event types by name. */
export const eventTypes: ReadonlyMap<string, EventType> = new Map(Object.entries<EventType>(types))

/** An event's type with its version, as checkpoints list them: `SwordBought@1`. */
export function typeOf({ type, v }: Pick<RawEvent, "type" | "v">): string {
  return `${type}@${v}`
}

/** What this build can read: each type in every version up to the build's own. */
export const readableTypes: ReadonlySet<string> = new Set(
  [...eventTypes.values()].flatMap(({ name, version }) =>
    Array.from({ length: version }, (_, i) => typeOf({ type: name, v: i + 1 })),
  ),
)

/** Makes an event of this build's version. */
export function makeEvent<N extends EventName>(
  type: N,
  data: EventOf<N>["data"],
  personal?: EventOf<N>["personal"],
): EventOf<N> {
  const made = { type, v: types[type].version, data }
  return personal === undefined ? made : { ...made, personal }
}

/**
 * Reads an event of any version up to this build's: upcasts it, checks every field, and leaves out fields
 * that are not declared. Never throws. A reason is stored in the views, so it must be the same under every
 * runtime (R45). All readers use the same registry; tests pass another one with a made-up type.
 */
export function readEvent(raw: RawEvent, registry = eventTypes): EventRead {
  const type = registry.get(raw.type)
  if (type === undefined)
    return { kind: "newer", reason: `event type ${raw.type} is not known to this build` }
  if (raw.v > type.version) {
    return {
      kind: "newer",
      reason: `${raw.type} version ${raw.v} is newer than this build's ${type.version}`,
    }
  }
  let data = raw.data
  for (let v = raw.v; v < type.version; v++) {
    const upcast = type.upcasters[v]
    if (upcast === undefined) return bad(`${raw.type} version ${v} has no upcaster`)
    try {
      data = upcast(data)
    } catch {
      return bad(`${raw.type} version ${v} cannot be upcast`)
    }
  }
  return readFields(type, data, raw.personal)
}

function readFields(type: EventType, data: unknown, personal: unknown): EventRead {
  if (!isRecord(data)) return bad(`${type.name}: data is no object`)
  if (personal !== undefined && !isRecord(personal)) return bad(`${type.name}: personal is no object`)
  const kept: Record<string, unknown> = {}
  const keptPersonal: Record<string, unknown> = {}
  for (const name in type.fields) {
    const field = type.fields[name]
    if (field === undefined) continue
    const value = field.personal ? personal?.[name] : data[name]
    const erased = field.personal && value === undefined
    if (erased) continue
    if (!field.is(value)) return bad(`${type.name}.${name}: expected ${field.expected}, got ${shown(value)}`)
    if (field.personal) keptPersonal[name] = value
    else kept[name] = value
  }
  const read = { type: type.name, v: type.version, data: kept }
  const event = personal === undefined ? read : { ...read, personal: keptPersonal }
  return { kind: "event", event: event as GameEvent }
}

/**
 * Lists and objects are not printed: how deeply JSON may nest before the stack overflows differs between
 * Nodes.
 */
function shown(value: unknown): string {
  if (Array.isArray(value)) return "a list"
  return isRecord(value) ? "an object" : show(value)
}

function bad(reason: string): EventRead {
  return { kind: "bad", reason }
}

/** The aggregates that an event changes: its acting player, and those that its declaration names. */
export function changedBy(event: GameEvent, registry = eventTypes): readonly Aggregate[] {
  const changed = [playerAggregate(event.data.player)]
  const data: Readonly<Record<string, unknown>> = event.data
  for (const { name, kind } of registry.get(event.type)?.changing ?? []) {
    const id = data[name]
    if (typeof id !== "string") continue
    const aggregate = kind === "guild" ? guildAggregate(id) : playerAggregate(id)
    if (!changed.includes(aggregate)) changed.push(aggregate)
  }
  return changed
}
