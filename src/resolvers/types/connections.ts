import "reflect-metadata"
import { Field, ObjectType } from "type-graphql"
import { Cursor } from "../scalars.js"
import { Guild } from "./guild.js"
import { Player } from "./player.js"
import { Purchase } from "./purchase.js"

/** Connections are Relay's: https://relay.dev/graphql/connections.htm */
export interface Connection<T> {
  readonly edges: readonly { readonly cursor: string; readonly node: T }[]
  readonly pageInfo: PageInfo
}

@ObjectType({ simpleResolvers: true })
export class PageInfo {
  @Field(() => Boolean)
  readonly hasNextPage!: boolean

  @Field(() => Cursor, { nullable: true, description: "For the next page's `after`." })
  readonly endCursor!: string | null
}

@ObjectType({ simpleResolvers: true })
export class PlayerEdge {
  @Field(() => Cursor)
  readonly cursor!: string

  @Field(() => Player)
  readonly node!: Player
}

@ObjectType({ simpleResolvers: true })
export class PlayerConnection implements Connection<Player> {
  @Field(() => [PlayerEdge])
  readonly edges!: readonly PlayerEdge[]

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo
}

@ObjectType({ simpleResolvers: true })
export class GuildEdge {
  @Field(() => Cursor)
  readonly cursor!: string

  @Field(() => Guild)
  readonly node!: Guild
}

@ObjectType({ simpleResolvers: true })
export class GuildConnection implements Connection<Guild> {
  @Field(() => [GuildEdge])
  readonly edges!: readonly GuildEdge[]

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo
}

@ObjectType({ simpleResolvers: true })
export class PurchaseEdge {
  @Field(() => Cursor)
  readonly cursor!: string

  @Field(() => Purchase)
  readonly node!: Purchase
}

@ObjectType({ simpleResolvers: true })
export class PurchaseConnection implements Connection<Purchase> {
  @Field(() => [PurchaseEdge])
  readonly edges!: readonly PurchaseEdge[]

  @Field(() => PageInfo)
  readonly pageInfo!: PageInfo
}
