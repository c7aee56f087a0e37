import "reflect-metadata"
import { Field, Int, ObjectType, registerEnumType } from "type-graphql"
import type { Board } from "../../ports/viewStore.js"
import { SafeInt } from "../scalars.js"

const boards = {
  GOLD: "gold",
  SWORDS: "swords",
  MONSTERS: "monsters",
  GUILD_SIZE: "guildSize",
} as const satisfies Record<string, Board>

export const BoardType: Record<string, Board> = boards
registerEnumType(BoardType, {
  name: "Board",
  description: "What is ranked, and by what.",
  valuesConfig: {
    GOLD: { description: "Players by their gold." },
    SWORDS: { description: "Players by how many swords they own." },
    MONSTERS: { description: "Players by how many monsters they have beaten." },
    GUILD_SIZE: { description: "Guilds by their number of members." },
  },
})

/** `board` and `id` are for the resolvers of its other fields: whose row it is. */
@ObjectType({ simpleResolvers: true, description: "A row of a leaderboard, as of the views." })
export class LeaderboardRow {
  @Field(() => Int, {
    description: "From 1. Equal scores share a rank, and the next rank counts them all: 1, 2, 2, 4.",
  })
  readonly rank!: number

  @Field(() => SafeInt)
  readonly score!: number

  readonly board!: Board
  readonly id!: string
}
