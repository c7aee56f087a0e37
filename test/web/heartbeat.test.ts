import { describe, expect, test } from "vitest"
import { isHeartbeat } from "../../web/src/heartbeat.js"

describe("a notice", () => {
  test.each([
    [{ purchases: { cursor: "c", purchase: null } }],
    [{ playerChanged: { cursor: "c", eventType: null, player: null } }],
  ])("without content is a heartbeat: %j", data => {
    expect(isHeartbeat(data)).toBe(true)
  })

  test.each([
    [{ purchases: { cursor: "c", purchase: { id: "5-0" } } }],
    [{ guildChanged: { cursor: "c", eventType: "GuildDissolved", guild: null } }],
    [{ guildChanged: { cursor: "c", guild: null } }],
    [{ purchases: { cursor: "c" } }],
    [null],
    [undefined],
  ])("with content, or of which that cannot be said, is none: %j", data => {
    expect(isHeartbeat(data)).toBe(false)
  })
})
