import { guildAggregate, playerAggregate, slug } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { byDefault, CAPACITY_MAX, described, guildId, integer, playerId, visibleText } from "../kinds.js"
import { playerNotFound } from "./players.js"

/** The capacity of a guild if its founder does not say. */
const CAPACITY_DEFAULT = 50

const name = visibleText(64)

export const foundGuild = command({
  name: "foundGuild",
  description: "The founder is its first member.",
  input: {
    founderId: described(`The guild's first member. ${playerId.limits}`, playerId),
    name: described(
      `${name.limits}, at least one of them a-z, A-Z or 0-9. The guild's id is made from it: in lower case, with ` +
        "each run of characters other than a-z 0-9 replaced by one -, none at the ends; 1 to 64 characters.",
      name,
    ),
    capacity: byDefault(CAPACITY_DEFAULT, integer(1, CAPACITY_MAX)),
  },
  aggregates: input => [playerAggregate(input.founderId), guildAggregate(slug(input.name))],
  check({ name }) {
    const id = slug(name)
    const expected =
      id === ""
        ? "a name with at least one of a-z A-Z 0-9, as the guild's id is made from these alone"
        : `a name whose slug, the guild's id, has at most 64 characters, not ${id.length}`
    return guildId.is(id) ? null : { field: "name", expected }
  },
  decide({ founderId, name, capacity }, states) {
    const founder = states.player(founderId)
    const guild = slug(name)
    if (founder === null) return playerNotFound(founderId)
    if (founder.guild !== null)
      return refuse("ALREADY_IN_GUILD", `${founderId} is in ${founder.guild} already`)
    if (states.guild(guild) !== null) return refuse("GUILD_EXISTS", `there is a guild ${guild} already`)
    return accept(makeEvent("GuildFounded", { player: founderId, guild, name, capacity }))
  },
})
