import "reflect-metadata"
import { type ClassType, Field, ObjectType } from "type-graphql"
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

/** The type of a connection of these nodes, and that of its edges, named after them. */
function connectionOf<T extends object>(node: ClassType<T>): ClassType<Connection<T>> {
  @ObjectType(`${node.name}Edge`, { simpleResolvers: true })
  class Edge {
    @Field(() => Cursor)
    readonly cursor!: string

    @Field(() => node)
    readonly node!: T
  }

  @ObjectType(`${node.name}Connection`, { simpleResolvers: true })
  class ConnectionOfNodes implements Connection<T> {
    @Field(() => [Edge])
    readonly edges!: readonly Edge[]

    @Field(() => PageInfo)
    readonly pageInfo!: PageInfo
  }
  return ConnectionOfNodes
}

export const PlayerConnection = connectionOf(Player)
export const GuildConnection = connectionOf(Guild)
export const PurchaseConnection = connectionOf(Purchase)
