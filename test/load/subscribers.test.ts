import { describe, expect, it } from "vitest"
import {
  type Forward,
  fault,
  honest,
  type Lie,
  type NoticeLie,
  relayTo,
  startLyingServer,
  type WsMessage,
} from "../cli/support/lyingServer.js"
import { runLoad } from "../cli/support/runLoad.js"

/** One of each kind, and more on a second socket. */
const SUBSCRIBERS = 25

/** On an honest server nothing takes this long. */
const PATIENT = { subscribers: SUBSCRIBERS, within: 15_000 }

/** How long to wait for what never comes. */
const BRIEF = { subscribers: SUBSCRIBERS, within: 3000 }

describe("subscribers that listen during a load", () => {
  it("receive everything promised once, with every kind of filter", async () => {
    const { code, printed } = await runLoad(await startLyingServer(honest), PATIENT)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    const { subscribers } = printed
    expect(subscribers).toMatchObject({ count: SUBSCRIBERS, sockets: 2, resumed: 0 })
    expect(Object.keys(subscribers?.latencyMs ?? {})).toEqual([
      "all",
      "region",
      "sword",
      "player",
      "playerChanged",
    ])
    const { count = 0 } = subscribers?.latencyMs.all ?? {}
    expect(count).toBeGreaterThan(30)
    expect(count).toBeLessThan(150)
  })

  it("resume by themselves when their sockets are cut, without a gap", async () => {
    const cutting = cutAtEvery(40)

    const { code, printed } = await runLoad(await startLyingServer(honest, cutting), PATIENT)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect(printed.subscribers?.resumed).toBeGreaterThan(SUBSCRIBERS)
  })

  it("go on at the next address", async () => {
    const honestUrl = await startLyingServer(honest)
    const deaf: NoticeLie = message => (message.type === "connection_ack" ? undefined : [message])
    const deafUrl = await startLyingServer(relayTo(honestUrl), deaf)

    const { code, printed } = await runLoad([deafUrl, honestUrl], PATIENT)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect(printed.subscribers?.resumed).toBeGreaterThan(0)
  })

  it("allow for commands whose outcome stays unknown to the end", async () => {
    const lie: Lie = async (asked, forward) => {
      const answer = await forward(asked)
      return asked.variables.input?.idempotencyKey === "run3-41" ? fault("OUTCOME_UNKNOWN") : answer
    }

    const options = { ...BRIEF, within: 1000, runId: "run3" }
    const { printed } = await runLoad(await startLyingServer(lie), options)

    expect(printed.inDoubt).toBe(1)
    expect(printed.subscribers?.findings).toEqual({
      missed: 0,
      doubled: 0,
      outOfOrder: 0,
      wrong: 0,
      ended: 0,
    })
  })

  it("distinguish the purchases of others from those of the run", async () => {
    const url = await startLyingServer(async (asked, forward) => {
      if (asked.name === "buySword") await buyAsStranger(forward)
      return forward(asked)
    })

    const { code, printed } = await runLoad(url, { ...PATIENT, count: 60 })

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect(printed.subscribers?.notices).toBeGreaterThan(
      Object.values(printed.subscribers?.latencyMs ?? {}).reduce((sum, { count }) => sum + count, 0),
    )
  })

  it("exist only on request", async () => {
    const { printed } = await runLoad(await startLyingServer(honest), { count: 5 })

    expect(printed.subscribers).toBeUndefined()
  })
})

describe("subscribers expose a server that", () => {
  it.each<[string, NoticeLie, string, RegExp]>([
    [
      "drops a notice",
      onNotice(isPurchase, () => []),
      "missed",
      /purchase \d+-\d+ \(load-1-p\d .*\) is missing/,
    ],
    ["doubles a notice", onNotice(isPurchase, one => [one, one]), "doubled", /purchase \d+-\d+ came twice/],
    ["tells one again later", again(), "doubled", /purchase \d+-\d+ came twice/],
    ["tells two in the wrong order", swapped(), "outOfOrder", /purchase \d+-\d+ came after \d+-\d+/],
    [
      "drops a change of a player",
      onNotice(isChange, () => []),
      "missed",
      /\(playerChanged load-1-p\d\): \w+: expected \d+, received \d+/,
    ],
    [
      "doubles a change of a player",
      onNotice(isChange, one => [one, one]),
      "doubled",
      /\(playerChanged load-1-p\d\): \w+ came twice/,
    ],
    [
      "tells another price",
      onNotice(isPurchase, one => [replaced(one, /"price":\d+/, '"price":7')]),
      "wrong",
      /purchase \d+-\d+: expected load-1-p\d [a-z-]+ \d+ [a-z]+, received load-1-p\d [a-z-]+ 7 [a-z]+/,
    ],
    [
      "tells of a purchase that nobody was answered",
      onNotice(isPurchase, one => [one, replaced(one, /"id":"(\d+)-\d+"/, '"id":"$1-9999"')]),
      "wrong",
      /purchase \d+-9999 \(.*\) was the answer to no command/,
    ],
    [
      "does not let a subscriber go on",
      onNotice(isPurchase, one => [tooOld(one)]),
      "ended",
      /subscriber \d+ \(.*\): http.*: CURSOR_TOO_OLD: too old/,
    ],
  ])("%s", async (_, lie, finding, expected) => {
    const { code, printed } = await runLoad(await startLyingServer(honest, lie), BRIEF)

    expect(code).toBe(1)
    expect(printed.subscribers?.findings).toMatchObject({ [finding]: 1 })
    expect(printed.shown.join("\n")).toMatch(expected)
  })
})

interface Notice {
  readonly cursor: string
  readonly purchase?: { readonly sword: { readonly type: string } } | null
  readonly eventType?: string | null
}

function noticeOf({ type, payload }: WsMessage): Notice | null {
  return type === "next" ? (payload as { data: { notice: Notice } }).data.notice : null
}

function isPurchase(message: WsMessage): boolean {
  return Boolean(noticeOf(message)?.purchase)
}

function isChange(message: WsMessage): boolean {
  return Boolean(noticeOf(message)?.eventType)
}

/** Cuts the socket instead of sending every `count`-th notice. */
function cutAtEvery(count: number): NoticeLie {
  let notices = 0
  return message => {
    if (!isPurchase(message) && !isChange(message)) return [message]
    notices += 1
    return notices % count === 0 ? undefined : [message]
  }
}

/** Lies in the fifth notice of a sort. */
function onNotice(
  isMeant: (message: WsMessage) => boolean,
  lie: (message: WsMessage) => readonly WsMessage[],
): NoticeLie {
  let meant = 0
  return message => {
    if (isMeant(message)) meant += 1
    return isMeant(message) && meant === 5 ? lie(message) : [message]
  }
}

/** Sends a subscriber its first purchase once more after the third. */
function again(): NoticeLie {
  let first: WsMessage | null = null
  let notices = 0
  return message => {
    if (!isPurchase(message)) return [message]
    first ??= message
    if (message.id !== first.id) return [message]
    notices += 1
    return notices === 3 ? [message, first] : [message]
  }
}

/** Sends a subscriber its second purchase before its first. */
function swapped(): NoticeLie {
  let first: WsMessage | null = null
  let isOver = false
  return message => {
    if (isOver || !isPurchase(message)) return [message]
    if (first === null) {
      first = message
      return []
    }
    if (message.id !== first.id) return [message]
    isOver = true
    return [message, first]
  }
}

function tooOld({ id = "" }: WsMessage): WsMessage {
  const extensions = { code: "CURSOR_TOO_OLD", retryable: false }
  return { id, type: "error", payload: [{ message: "too old", extensions }] }
}

/** Throws if there is nothing to change: then it would not be a lie. */
function replaced(message: WsMessage, from: RegExp, to: string): WsMessage {
  const text = JSON.stringify(message)
  if (!from.test(text)) throw new Error(`nothing to lie about in ${text}`)
  return JSON.parse(text.replace(from, to)) as WsMessage
}

async function buyAsStranger(forward: Forward): Promise<void> {
  const ask = (query: string) => forward({ name: "", query, variables: {} })
  await ask('mutation { registerPlayer(input: { playerId: "eve", name: "Eve", region: "eu" }) { position } }')
  await ask('mutation { grantGold(input: { playerId: "eve", amount: 10, reason: "rich" }) { position } }')
  await ask(
    'mutation { buySword(input: { playerId: "eve", swordType: "wooden-sword", region: "eu" }) { position } }',
  )
}
