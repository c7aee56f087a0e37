import { parseAggregate } from "../domain/aggregates.js"
import type { GuildState } from "../domain/guild.js"
import { HEALTH_MAX } from "../domain/kinds.js"
import type { PlayerState } from "../domain/player.js"
import { areEqual } from "./difference.js"
import type { Findings } from "./findings.js"
import type { AuditFold } from "./fold.js"

/** An aggregate that an effective commit froze, for the report. */
export interface FrozenAggregate {
  readonly aggregate: string
  readonly code: string
  readonly offset: number
  readonly reason: string
}

/** The states of a fold, sorted by kind. */
export interface Population {
  readonly players: ReadonlyMap<string, PlayerState>
  readonly guilds: ReadonlyMap<string, GuildState>
  readonly frozen: readonly FrozenAggregate[]
}

export function populationOf(fold: AuditFold): Population {
  const players = new Map<string, PlayerState>()
  const guilds = new Map<string, GuildState>()
  const frozen: FrozenAggregate[] = []
  for (const [aggregate, document] of fold.documents) {
    if (document.frozen !== undefined) frozen.push({ aggregate, ...document.frozen })
    const { state } = document
    if (state === null) continue
    if (parseAggregate(aggregate)?.kind === "guild") guilds.set(state.id, state as GuildState)
    else players.set(state.id, state as PlayerState)
  }
  return { players, guilds, frozen }
}

/** What all players together must own, by the events alone. */
export interface ExpectedTotals {
  readonly gold: bigint
  readonly swords: bigint
}

/** Checks the game's rules that hold at every offset (R27, I4b) on the folded states. */
export function checkInvariants(population: Population, expected: ExpectedTotals, findings: Findings): void {
  checkGold(population, expected.gold, findings)
  checkSwords(population, expected.swords, findings)
  checkHealth(population, findings)
  checkTrades(population, findings)
  checkGuilds(population, findings)
  checkMemberships(population, findings)
  for (const { aggregate, code, offset, reason } of population.frozen) {
    // An event newer than this build is not damage: another build reads it (R14).
    if (code === "NEEDS_NEWER_BUILD") continue
    const field = `commit at offset ${offset}`
    findings.add({ kind: "frozen", subject: aggregate, field, expected: "events that fold", found: reason })
  }
}

function checkGold({ players }: Population, expected: bigint, findings: Findings): void {
  let sum = 0n
  for (const { id, gold } of players.values()) {
    sum += BigInt(gold)
    if (gold >= 0) continue
    findings.add({
      kind: "gold",
      subject: `player/${id}`,
      field: "gold",
      expected: "0 or more",
      found: gold,
    })
  }
  if (sum === expected) return
  const field = "sum of gold = start + granted + sold + won - spent"
  findings.add({ kind: "gold", subject: "realm", field, expected: `${expected}`, found: `${sum}` })
}

function checkSwords({ players }: Population, total: bigint, findings: Findings): void {
  let sum = 0n
  for (const { id, swords, swordPrices } of players.values()) {
    const differs = (field: string, expected: unknown, found: unknown) =>
      findings.add({ kind: "swords", subject: `player/${id}`, field, expected, found })
    for (const [type, count] of Object.entries(swords)) {
      sum += BigInt(count)
      if (count < 1) differs(`swords ${type}`, "1 or more", count)
    }
    const [types, priced] = [swords, swordPrices].map(each => Object.keys(each).sort().join(", "))
    if (types !== priced) differs("swordPrices", types, priced)
  }
  if (sum === total) return
  const field = "number of swords = bought - sold"
  findings.add({ kind: "swords", subject: "realm", field, expected: `${total}`, found: `${sum}` })
}

function checkHealth({ players }: Population, findings: Findings): void {
  for (const { id, health } of players.values()) {
    if (health >= 0 && health <= HEALTH_MAX) continue
    const expected = `0 to ${HEALTH_MAX}`
    findings.add({ kind: "health", subject: `player/${id}`, field: "health", expected, found: health })
  }
}

const SIDES = [
  ["trades", "offers"],
  ["offers", "trades"],
] as const

/** Each open trade stands with both of its players alike. Frozen players stand still and are not compared. */
function checkTrades({ players, frozen }: Population, findings: Findings): void {
  const standsStill = new Set(frozen.map(({ aggregate }) => aggregate))
  for (const player of players.values()) {
    const { id } = player
    for (const [side, otherSide] of SIDES) {
      for (const [trade, open] of Object.entries(player[side])) {
        if ([id, open.player].some(one => standsStill.has(`player/${one}`))) continue
        const expected = { ...open, player: id }
        const found = players.get(open.player)?.[otherSide][trade] ?? null
        if (areEqual(expected, found)) continue
        const subject = `player/${open.player}`
        findings.add({ kind: "trade", subject, field: `${otherSide} ${trade}`, expected, found })
      }
    }
  }
}

function checkGuilds({ guilds }: Population, findings: Findings): void {
  for (const { id, members, capacity } of guilds.values()) {
    if (members.length >= 1 && members.length <= capacity) continue
    const expected = `1 to ${capacity}`
    findings.add({
      kind: "guild",
      subject: `guild/${id}`,
      field: "members",
      expected,
      found: members.length,
    })
  }
}

/** Checks both directions, so a player is in at most one guild. Frozen aggregates stand still and are not compared. */
function checkMemberships({ players, guilds, frozen }: Population, findings: Findings): void {
  const standsStill = new Set(frozen.map(({ aggregate }) => aggregate))
  const compares = (player: string, guild: string) =>
    !standsStill.has(`player/${player}`) && !standsStill.has(`guild/${guild}`)
  for (const { id, members } of guilds.values()) {
    for (const member of members) {
      const found = players.get(member)?.guild ?? null
      if (found === id || !compares(member, id)) continue
      findings.add({ kind: "guild", subject: `player/${member}`, field: "guild", expected: id, found })
    }
  }
  for (const { id, guild } of players.values()) {
    if (guild === null || !compares(id, guild)) continue
    const members = guilds.get(guild)?.members ?? []
    if (members.includes(id)) continue
    const expected = `${id} among the members`
    findings.add({
      kind: "guild",
      subject: `guild/${guild}`,
      field: "members",
      expected,
      found: "not among them",
    })
  }
}
