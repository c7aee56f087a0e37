import "reflect-metadata"
import { ArgsType, Field, ID, Int } from "type-graphql"
import type { Board } from "../ports/viewStore.js"
import { Cursor, Position } from "./scalars.js"
import { BoardType } from "./types/leaderboard.js"

/** As many as a page has when the client does not say. */
export const PAGE_DEFAULT = 20

/** As many as a leaderboard has when the client does not say. */
export const LEADERBOARD_DEFAULT = 10

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: PAGE_DEFAULT, description: "1 to 100." })
  readonly first!: number | null

  @Field(() => Cursor, { nullable: true, description: "Only what comes after this place." })
  readonly after!: string | null | undefined
}

@ArgsType()
export class OneArgs {
  @Field(() => ID)
  readonly id!: string

  @Field(() => Position, { nullable: true, description: "Waits until this process has read so far." })
  readonly atLeast!: string | null | undefined
}

@ArgsType()
export class LeaderboardArgs {
  @Field(() => BoardType)
  readonly board!: Board

  @Field(() => Int, { nullable: true, defaultValue: LEADERBOARD_DEFAULT, description: "1 to 100." })
  readonly first!: number | null
}
