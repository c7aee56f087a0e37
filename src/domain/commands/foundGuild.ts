import { guildAggregate, playerAggregate, slug } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { CAPACITY_MAX, guildId, integer, playerId, visibleText } from "../kinds.js"
import { playerNotFound } from "./players.js"

export const foundGuild = command({
  name: "foundGuild",
  input: { founderId: playerId, name: visibleText(64), capacity: integer(1, CAPACITY_MAX) },
  aggregates: input => [playerAggregate(input.founderId), guildAggregate(slug(input.name))],
  check({ name }) {
    const expected = "a name whose slug (lower case, other than a-z 0-9 as -) has 1 to 64 characters"
    return guildId.is(slug(name)) ? null : { field: "name", expected }
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
