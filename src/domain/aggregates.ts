/**
 * Names of aggregates, `player/<id>` and `guild/<id>`: the keys of the log's links, of the views and of the queues.
 */
declare const brand: unique symbol
export type Aggregate = string & { readonly [brand]: "Aggregate" }

export type AggregateKind = "player" | "guild"

export function playerAggregate(id: string): Aggregate {
  return `player/${id}` as Aggregate
}

export function guildAggregate(id: string): Aggregate {
  return `guild/${id}` as Aggregate
}

/** Splits `player/alice` into its kind and id. Null for a kind that this build does not know. */
export function parseAggregate(name: string): { readonly kind: AggregateKind; readonly id: string } | null {
  const slash = name.indexOf("/")
  const kind = name.slice(0, slash)
  if (kind !== "player" && kind !== "guild") return null
  return { kind, id: name.slice(slash + 1) }
}

/**
 * The id of a guild: the slug of its name, so that names are unique.
 * Lower case, runs outside [a-z0-9] become `-`, trimmed. May be empty: the caller checks 1 to 64 characters.
 */
export function slug(name: string): string {
  return name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
}
