import { mapStream, type Stream } from "../lib/stream.js"
import { Fault } from "../ports/faults.js"
import type { EventFilter } from "../tail/eventFilter.js"
import { type Notice, TooSlow } from "../tail/feed.js"
import type { Context } from "./context.js"
import { feedCursor, parseFeedCursor } from "./feedCursor.js"

/** The arguments of every subscription. */
export interface FeedArgs {
  readonly after?: string | null | undefined
  readonly heartbeat?: boolean | null | undefined
}

/** A notice with its cursor. */
export interface NoticeWithCursor extends Pick<Notice, "event"> {
  readonly cursor: string
}

/** The player or guild that a subscription is about. */
export interface Subject {
  readonly name: string
  exists(): Promise<boolean>
}

/**
 * Follows the events that pass a filter, for a subscription field. A subscription that starts now must name a
 * subject that exists; one that resumes after a cursor need not, as its subject may have ended since. Throws
 * BAD_USER_INPUT, and what `Feed.begin` throws.
 */
export async function follow(
  context: Context,
  name: "purchases" | "playerChanged" | "guildChanged",
  filter: EventFilter,
  { after, heartbeat }: FeedArgs,
  subject: Subject | null = null,
): Promise<Stream<NoticeWithCursor>> {
  const { game, deadline } = context
  const { logId } = game.tail.genesis
  const from = await game.feed.begin(parseFeedCursor(after, logId), deadline)
  if (subject !== null && (after === null || after === undefined)) await assertExists(context, subject)
  const notices = game.feed.follow(filter, from, { heartbeat: heartbeat ?? false, name })
  const toClient = (notice: Notice) => ({ event: notice.event, cursor: feedCursor(logId, notice.next) })
  return mapStream(notices, toClient, error => withCursor(error, logId))
}

/** The subject may have been created through another process, and this one has not read that yet. */
async function assertExists({ game, deadline, loaders }: Context, { name, exists }: Subject): Promise<void> {
  if (await exists()) return
  await game.feed.upToHead(deadline)
  loaders.renew()
  if (!(await exists())) throw new Fault("BAD_USER_INPUT", `id: there is no ${name}`)
}

function withCursor(error: unknown, logId: string): unknown {
  if (!(error instanceof TooSlow)) return error
  return new Fault(error.code, error.message, {
    cause: error,
    extensions: { cursor: feedCursor(logId, error.next) },
  })
}
