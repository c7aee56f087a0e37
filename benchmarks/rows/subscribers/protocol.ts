/** The subprotocol that both servers speak: https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md */
export const SUBPROTOCOL = "graphql-transport-ws"

/** What a subscriber receives. The notice without a purchase comes first: from then on nothing may be missed. */
export interface NoticeMessage {
  readonly id?: string
  readonly type: "connection_ack" | "next" | "error" | "complete" | "ping"
  readonly payload?: {
    readonly data?: { readonly notice: { readonly purchase: { readonly id: string } | null } | null } | null
    readonly errors?: unknown
  }
}

/** A group's subscribers are those of one region: each purchase there is a notice to all of them. */
export function groupName(group: number): string {
  return `group-${group}`
}

export const SUBSCRIBE = `subscription ($filter: PurchaseFilter) {
  notice: purchases(filter: $filter, heartbeat: true) { cursor purchase { id price region sword { name } } }
}`

export const BUY = `mutation ($input: BuySwordInput!) {
  buySword(input: $input) { purchase { id } refusal { code } }
}`

/** Of all processes of this machine alike, in milliseconds. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** What the subscribers of a process have received since the last report. */
export interface Received {
  /** Of each purchase, when its notices came, by `monotonicNow`. */
  readonly notices: Readonly<Record<string, readonly number[]>>
  /** Of all notices' messages together. */
  readonly bytes: number
  /** Sockets that were closed. */
  readonly closed: number
  readonly problems: readonly string[]
}
