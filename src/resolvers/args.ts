import "reflect-metadata"
import { ArgsType, Field, ID, Int } from "type-graphql"
import type { Board } from "../ports/viewStore.js"
import { Cursor, DateTime, Position } from "./scalars.js"
import { BoardType } from "./types/leaderboard.js"

/** The size of a page if the client does not say. */
export const PAGE_DEFAULT = 20

/** The length of a leaderboard if the client does not say. */
export const LEADERBOARD_DEFAULT = 10

@ArgsType()
export class PageArgs {
  @Field(() => Int, { nullable: true, defaultValue: PAGE_DEFAULT, description: "1 to 100." })
  readonly first!: number | null

  @Field(() => Cursor, { nullable: true, description: "Only what comes after this cursor." })
  readonly after!: string | null | undefined
}

@ArgsType()
export class OneArgs {
  @Field(() => ID)
  readonly id!: string

  @Field(() => Position, {
    nullable: true,
    description: "Waits until this process has read up to this position.",
  })
  readonly atLeast!: string | null | undefined
}

@ArgsType()
export class LeaderboardArgs {
  @Field(() => BoardType)
  readonly board!: Board

  @Field(() => Int, { nullable: true, defaultValue: LEADERBOARD_DEFAULT, description: "1 to 100." })
  readonly first!: number | null
}

/** The span of a report. */
@ArgsType()
export class SpanArgs {
  @Field(() => DateTime, { nullable: true, description: "Inclusive." })
  readonly from!: Date | null | undefined

  @Field(() => DateTime, { nullable: true, description: "Exclusive." })
  readonly to!: Date | null | undefined
}
