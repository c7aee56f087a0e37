import { guildAggregate, playerAggregate } from "../aggregates.js"
import { accept, command, refuse } from "../command.js"
import { makeEvent } from "../events.js"
import { described, guildId, playerId } from "../kinds.js"
import { playerNotFound } from "./players.js"

export const leaveGuild = command({
  name: "leaveGuild",
  description: "The guild is dissolved when its last member leaves.",
  input: { playerId, guildId: described("The guild's id, as `foundGuild` answered it.", guildId) },
  aggregates: input => [playerAggregate(input.playerId), guildAggregate(input.guildId)],
  decide({ playerId: id, guildId: guild }, states) {
    if (states.player(id) === null) return playerNotFound(id)
    const members = states.guild(guild)?.members ?? []
    if (!members.includes(id)) return refuse("NOT_A_MEMBER", `${id} is not a member of ${guild}`)
    const left = makeEvent("GuildLeft", { player: id, guild })
    if (members.length > 1) return accept(left)
    return accept(left, makeEvent("GuildDissolved", { player: id, guild }))
  },
})
