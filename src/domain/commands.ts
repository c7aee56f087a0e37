import type { CommandType } from "./command.js"
import { acceptTrade } from "./commands/acceptTrade.js"
import { buySword } from "./commands/buySword.js"
import { fightMonster } from "./commands/fightMonster.js"
import { foundGuild } from "./commands/foundGuild.js"
import { gift } from "./commands/gift.js"
import { grantGold } from "./commands/grantGold.js"
import { joinGuild } from "./commands/joinGuild.js"
import { leaveGuild } from "./commands/leaveGuild.js"
import { offerTrade } from "./commands/offerTrade.js"
import { registerPlayer } from "./commands/registerPlayer.js"
import { rest } from "./commands/rest.js"
import { sellSword } from "./commands/sellSword.js"
import { withdrawTrade } from "./commands/withdrawTrade.js"

/** The command registry: every command by its name, which is also the name of its mutation. */
export const commandTypes = {
  registerPlayer,
  grantGold,
  buySword,
  sellSword,
  fightMonster,
  rest,
  gift,
  offerTrade,
  acceptTrade,
  withdrawTrade,
  foundGuild,
  joinGuild,
  leaveGuild,
} as const

export type CommandName = keyof typeof commandTypes

/** The registry without the inputs' types, for code that treats all commands alike. */
export function commandType(name: CommandName): CommandType {
  return commandTypes[name] as unknown as CommandType
}
