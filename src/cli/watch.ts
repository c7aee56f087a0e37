import { graphqlUrl } from "../app/config.js"
import { SubscriptionConnection } from "../client/connection.js"
import { type CursorNotice, follow } from "../client/follow.js"
import { EndSignals } from "./ending.js"
import { EXIT, output } from "./output.js"
import { jsonLine, printable, purchaseLine, type SeenPurchase } from "./watch/lines.js"
import { newScreen, type Screen } from "./watch/screen.js"

export interface WatchCommandOptions {
  /** Servers of one realm; if one is lost, the next is used. Default: the one at HOST and PORT. */
  readonly url?: readonly string[]
  readonly player?: string
  readonly region?: string
  readonly sword?: string
  readonly guild?: string
  readonly json: boolean
  /** Ends after this many purchases. */
  readonly count?: number
  /** How long it tries to connect or reconnect, in milliseconds. */
  readonly within: number
}

const PURCHASES = `subscription Watch($filter: PurchaseFilter, $after: Cursor) {
  notice: purchases(filter: $filter, after: $after, heartbeat: true) {
    cursor
    purchase { id purchasedAt price region guildId sword { type } player { id } }
  }
}`

interface WatchedPurchase extends CursorNotice {
  readonly purchase: SeenPurchase | null
}

/**
 * Shows purchases as they happen, one per line, from now on; resumes by itself without gaps or duplicates.
 * Ends at a signal, after `count`, or when nobody reads its output any more, and returns the exit code.
 * Throws UserError if it cannot go on.
 */
export async function watch(options: WatchCommandOptions): Promise<number> {
  const ending = new AbortController()
  const end = () => ending.abort()
  const signals = new EndSignals(end)
  process.stdout.once("error", end)
  const { url: urls = [graphqlUrl(process.env)], within: withinMs } = options
  const connection = new SubscriptionConnection({ urls })
  const screen = newScreen({ json: options.json, signal: ending.signal })
  try {
    const subscription = subscriptionOf(options, connection, screen, end)
    await follow(connection, subscription, { signal: ending.signal, withinMs })
    return EXIT.ok
  } finally {
    screen.end()
    connection.close()
    signals.forget()
    process.stdout.off("error", end)
  }
}

function subscriptionOf(
  options: WatchCommandOptions,
  connection: SubscriptionConnection,
  screen: Screen,
  end: () => void,
) {
  const { player, region, sword, guild, json, count = Number.POSITIVE_INFINITY } = options
  const lineOf = json ? jsonLine : purchaseLine
  let left = count
  return {
    query: PURCHASES,
    variables: { filter: { playerId: player, region, swordType: sword, guildId: guild } },
    take({ cursor, purchase }: WatchedPurchase) {
      screen.connected(connection.url)
      if (purchase === null || left <= 0) return undefined
      left -= 1
      if (left === 0) end()
      return screen.purchase(lineOf(purchase, cursor), purchase.price)
    },
    interrupted: (why: string) => screen.interrupted(printable(why)),
    missed: (why: string) =>
      output.note(`some purchases were missed; continuing from now: ${printable(why)}`),
  }
}
