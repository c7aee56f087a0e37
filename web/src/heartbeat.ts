/**
 * The fields that are null in a heartbeat and in no other notice: of a purchase, and of a player or guild.
 */
const NULL_IN_HEARTBEATS = ["purchase", "eventType"]

/**
 * Whether a result is a notice without content, which only shows that the server is there and renews the
 * cursor.
 */
export function isHeartbeat(data: Readonly<Record<string, unknown>> | null | undefined): boolean {
  return Object.values(data ?? {}).some(notice => {
    return isRecord(notice) && NULL_IN_HEARTBEATS.some(name => notice[name] === null)
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null
}
