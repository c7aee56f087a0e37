import { guildAggregate, playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { described, guildId, playerId } from "../kinds.js"
import { playerNotFound } from "./players.js"

export const joinGuild = command({
  name: "joinGuild",
  input: { playerId, guildId: described("The guild's id, as `foundGuild` answered it.", guildId) },
  aggregates: input => [playerAggregate(input.playerId), guildAggregate(input.guildId)],
  decide({ playerId: id, guildId: guild }, states) {
    const player = states.player(id)
    if (player === null) return playerNotFound(id)
    if (player.guild !== null) return refuse("ALREADY_IN_GUILD", `${id} is in ${player.guild} already`)
    const wanted = states.guild(guild)
    if (wanted === null) return refuse("GUILD_NOT_FOUND", `there is no guild ${guild}`)
    if (wanted.members.length >= wanted.capacity) {
      return refuse("GUILD_FULL", `${guild} has ${wanted.members.length} of ${wanted.capacity} members`)
    }
    return accept(makeEvent("GuildJoined", { player: id, guild }))
  },
})
