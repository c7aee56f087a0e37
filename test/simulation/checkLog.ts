import type { CheckedCommand } from "../../src/commands/request.js"
import { type Aggregate, guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import type { GuildState } from "../../src/domain/guild.js"
import { HEALTH_MAX } from "../../src/domain/kinds.js"
import type { PlayerState } from "../../src/domain/player.js"
import type { Violation } from "./check.js"
import { canonical, StatesAt, same, understood } from "./decisions.js"
import type { History } from "./history.js"
import type { Model, ModelRecord } from "./model.js"

/** What the log alone can show: forks, stale decisions, doubled commands, torn guilds and trades. */
export function checkLog(model: Model, { attempts, newer }: History): Violation[] {
  const asked = new Map<string, CheckedCommand>()
  for (const { request } of attempts) {
    const command = understood(request)
    asked.set(`${command.id} ${command.digest}`, command)
  }
  return [
    ...model.problems,
    ...model.records
      .filter(({ commit }) => commit !== null && !newer.has(commit.id))
      .flatMap(record => staleDecisions(model, record, asked)),
    ...doubled(model),
    ...model.records.flatMap(record => tornGuilds(model, record)),
    ...model.records.flatMap(record => tornTrades(model, record)),
    ...goldAndSwords(model),
  ]
}

/** I3: every command of an effective commit is decided the same way again on the true state before it. */
function staleDecisions(
  model: Model,
  { offset, commit, verdict }: ModelRecord,
  asked: ReadonlyMap<string, CheckedCommand>,
): Violation[] {
  if (commit === null || verdict !== "effective") return []
  const states = new StatesAt(model, offset)
  const found: Violation[] = []
  for (const aggregate of Object.keys(commit.on) as Aggregate[]) {
    if (model.at(aggregate, offset).frozen === undefined) continue
    found.push({ rule: "stale decision", message: `@${offset}: ${aggregate} was frozen` })
  }
  for (const { id, digest, events } of commit.commands) {
    const command = asked.get(`${id} ${digest}`)
    if (command === undefined) {
      found.push({ rule: "false yes", message: `@${offset}: nobody asked for ${id}` })
      continue
    }
    const decision = states.decide(command)
    const expected = "events" in decision ? decision.events : decision.refusal
    if (!same(expected, events)) {
      const message = `@${offset}: ${id} recorded ${canonical(events)}, on the true state it is ${canonical(expected)}`
      found.push({ rule: "stale decision", message })
    }
    if ("events" in decision) for (const event of decision.events) states.apply(event)
  }
  return found
}

/** I2: clients retry a key for half of the retention, so that no key happens twice. */
function doubled(model: Model): Violation[] {
  return [...model.commands.values()].flatMap(commands => {
    const places = commands.map(({ offset, keyTime }) => `@${offset} (key time ${keyTime})`).join(", ")
    if (commands.length < 2) return []
    return [{ rule: "doubled command" as const, message: `${commands[0]?.id} happened at ${places}` }]
  })
}

/** I4b: a player in a guild is its member, and vice versa; no guild holds more than its capacity. */
function tornGuilds(model: Model, { offset, commit, verdict }: ModelRecord): Violation[] {
  if (commit === null || verdict !== "effective") return []
  const found: Violation[] = []
  const wrong = (message: string) => found.push({ rule: "torn guild", message: `@${offset}: ${message}` })
  for (const aggregate of Object.keys(commit.on) as Aggregate[]) {
    const { state } = model.at(aggregate, offset + 1)
    if (state === null) continue
    if ("members" in state) {
      if (state.members.length > state.capacity) wrong(`${state.id} has more members than ${state.capacity}`)
      for (const member of state.members) {
        const player = model.at(playerAggregate(member), offset + 1).state as PlayerState | null
        if (player?.guild !== state.id) wrong(`${member} is a member of ${state.id} and does not know it`)
      }
    } else if (state.guild !== null) {
      const guild = model.at(guildAggregate(state.guild), offset + 1).state as GuildState | null
      if (!guild?.members.includes(state.id))
        wrong(`${state.id} is in ${state.guild}, which does not know it`)
    }
  }
  return found
}

/** I4b: an open trade stands with both of its players alike. */
function tornTrades(model: Model, { offset, commit, verdict }: ModelRecord): Violation[] {
  if (commit === null || verdict !== "effective") return []
  const playerAt = (id: string) => model.at(playerAggregate(id), offset + 1).state as PlayerState | null
  const found: Violation[] = []
  for (const aggregate of Object.keys(commit.on) as Aggregate[]) {
    const { state } = model.at(aggregate, offset + 1)
    if (state === null || !("trades" in state)) continue
    for (const [side, otherSide] of [
      ["trades", "offers"],
      ["offers", "trades"],
    ] as const) {
      for (const [id, open] of Object.entries(state[side])) {
        const other = playerAt(open.player)?.[otherSide][id]
        if (same(other, { ...open, player: state.id })) continue
        found.push({
          rule: "torn trade",
          message: `@${offset}: ${state.id} has ${id} among its ${side}, ${open.player} does not`,
        })
      }
    }
  }
  return found
}

/** I4b: gold and swords come and go by these events only, change hands by others, and are never below zero. */
function goldAndSwords(model: Model): Violation[] {
  const expected = { gold: 0, swords: 0 }
  for (const { events } of [...model.commands.values()].flat()) {
    for (const event of events) {
      if (event.type === "PlayerRegistered") expected.gold += event.data.gold
      if (event.type === "GoldGranted") expected.gold += event.data.amount
      if (event.type === "MonsterFought") expected.gold += event.data.goldWon
      if (event.type === "SwordBought") expected.gold -= event.data.price
      if (event.type === "SwordSold") expected.gold += event.data.price
      if (event.type === "SwordBought") expected.swords += 1
      if (event.type === "SwordSold") expected.swords -= 1
    }
  }
  const players = [...model.aggregates]
    .map(aggregate => model.at(aggregate, model.head).state)
    .filter(state => state !== null && "gold" in state)
  const counts = players.flatMap(({ swords }) => Object.values(swords))
  const found = {
    gold: players.reduce((sum, { gold }) => sum + gold, 0),
    swords: counts.reduce((sum, count) => sum + count, 0),
  }
  const negative = players.filter(({ gold, health }) => gold < 0 || health < 0 || health > HEALTH_MAX)
  if (same(found, expected) && negative.length === 0 && counts.every(count => count > 0)) return []
  const message = `expected ${canonical(expected)} in all and none below 0, found ${canonical(found)}`
  return [{ rule: "gold or swords made or lost", message }]
}
