import { join } from "node:path"
import { describe, expect, it } from "vitest"
import { builtInCatalogue } from "../../src/domain/catalogue.js"
import { parseMix } from "../../src/load/mix.js"
import { type Asked, fault, honest, type Lie, relayTo, startLyingServer } from "../cli/support/lyingServer.js"
import { runLoad } from "../cli/support/runLoad.js"
import { temporaryFolder } from "../support/folder.js"

describe("a load on an honest server", () => {
  it("is verified, and counts effective commands and refusals separately", async () => {
    const { code, printed } = await runLoad(await startLyingServer(honest))

    expect({ code, verified: printed.verified, shown: printed.shown }).toEqual({
      code: 0,
      verified: true,
      shown: [],
    })
    expect(printed.effective + printed.refused).toBe(150)
    expect(printed).toMatchObject({ retries: 0, replayed: 0, wrongAnswers: 0 })
  })

  it("takes existing players as they are", async () => {
    const url = await startLyingServer(honest)
    await runLoad(url)

    const { code, printed } = await runLoad(url)

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
  })

  it("spreads over several addresses that serve the same players", async () => {
    const asked = [0, 0]
    const url = await startLyingServer(count(asked, 0))
    const other = await startLyingServer(count(asked, 1, relayTo(url)))

    const { code, printed } = await runLoad([url, other])

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    // The first also has what the second relays.
    expect(asked[1]).toBeGreaterThan(75)
  })
})

describe("a load survives", () => {
  it.each<[string, Lie, string]>([
    ["answers that are lost after the deed", sometimes(isMutation, loseAnswer), "NO_ANSWER"],
    ["outcomes that the server does not know", sometimes(isMutation, forgetOutcome), "OUTCOME_UNKNOWN"],
    ["conflicts, where nothing happened", sometimes(isMutation, conflict), "CONFLICT"],
  ])("%s, thanks to the same key", async (_, lie, code) => {
    const result = await runLoad(await startLyingServer(lie))

    expect({ code: result.code, shown: result.printed.shown }).toEqual({ code: 0, shown: [] })
    expect(result.printed.faults[code]).toBeGreaterThan(10)
  })

  it("doubts that last until the end, and settles them with the same key", async () => {
    let tries = 0
    const lie: Lie = async (asked, forward) => {
      const answer = await forward(asked)
      if (!isKey(asked, "run1-40")) return answer
      tries += 1
      return tries === 1 ? fault("OUTCOME_UNKNOWN") : answer
    }

    // One try for each command: only settling at the end sends it again.
    const { code, printed } = await runLoad(await startLyingServer(lie), { runId: "run1", within: 0 })

    expect({ code, shown: printed.shown, tries, retries: printed.retries }).toEqual({
      code: 0,
      shown: [],
      tries: 2,
      retries: 0,
    })
  })
})

describe("a load exposes a server that", () => {
  it.each<[string, Lie, RegExp]>([
    [
      "loses a purchase",
      once(isPurchase, inventPurchase),
      /load-1-p\d: gold: expected \d+, found \d+\nload-1-p\d: [a-z-]+: expected \d+, found \d+$/,
    ],
    [
      "doubles a purchase",
      once(isPurchase, async (asked, forward) => {
        await forward(withKey(asked, "secretly"))
        return forward(asked)
      }),
      /gold: expected \d+, found \d+/,
    ],
    [
      "forgets a member",
      once(isNamed("Members"), async (asked, forward) => {
        return replaced(await forward(asked), /\{"node":\{"id":"[^"]+"\}\},?/, "")
      }),
      /member load-1-p\d is missing/,
    ],
    [
      "forgets the guild of a player",
      once(isNamed("Player"), async (asked, forward) => {
        return replaced(await forward(asked), /"guild":\{"id":"[^"]+"\}/, '"guild":null')
      }),
      /guild: expected load-1-p\d, found null/,
    ],
    [
      "takes another price",
      once(isPurchase, async (asked, forward) =>
        replaced(await forward(asked), /"price":(\d+)/, '"price":7'),
      ),
      /got [a-z-]+ for 7/,
    ],
    [
      "answers a purchase twice under one id",
      sometimes(isPurchase, async (asked, forward) =>
        replaced(await forward(asked), /"id":"\d+-\d+"/, '"id":"1-1"'),
      ),
      /two commands were answered with purchase 1-1/,
    ],
    [
      "answers for another player",
      once(isPurchase, async (asked, forward) =>
        replaced(await forward(asked), /"id":"load-[^"]+"/, '"id":"eve"'),
      ),
      /expected player load-1-p\d, got eve/,
    ],
    [
      "shows gold from nowhere",
      once(isPurchase, async (asked, forward) =>
        replaced(await forward(asked), /"gold":\d+/, '"gold":9000000000'),
      ),
      /expected gold from \d+ to \d+, got 9000000000/,
    ],
    [
      "replays what nobody asked for before",
      once(isPurchase, async (asked, forward) =>
        replaced(await forward(asked), /"replayed":false/, '"replayed":true'),
      ),
      /replayed, although no earlier try can have done it/,
    ],
    [
      "refuses wrongly",
      once(isPurchase, async () => refusal("NOT_ENOUGH_GOLD")),
      /refused with NOT_ENOUGH_GOLD, which cannot be right/,
    ],
  ])("%s", async (_, lie, expected) => {
    const { code, printed } = await runLoad(await startLyingServer(lie))

    expect({ code, verified: printed.verified }).toEqual({ code: 1, verified: false })
    expect(printed.shown.join("\n")).toMatch(expected)
  })

  it("answers wrongly, even if nothing is to be verified", async () => {
    const lie = once(isPurchase, async (asked, forward) =>
      replaced(await forward(asked), /"price":\d+/, '"price":7'),
    )

    const { code, printed } = await runLoad(await startLyingServer(lie), { verify: false })

    expect({ code, verified: printed.verified, wrong: printed.wrongAnswers }).toEqual({
      code: 1,
      verified: null,
      wrong: 1,
    })
  })

  it("never settles a command: it is still in doubt at the end", async () => {
    const lie: Lie = async (asked, forward) => {
      const answer = await forward(asked)
      return isKey(asked, "run2-40") ? fault("OUTCOME_UNKNOWN") : answer
    }

    const { code, printed } = await runLoad(await startLyingServer(lie), { runId: "run2", within: 0 })

    expect({ code, inDoubt: printed.inDoubt }).toEqual({ code: 1, inDoubt: 1 })
    expect(printed.shown.join("\n")).toContain("(run2-40): still in doubt")
  })
})

/** Sales, fights, rests, gifts and trades above all. */
const MARKET = {
  count: 250,
  mix: parseMix(
    "buySword=4,sellSword=3,fightMonster=3,rest=3,gift=4,offerTrade=4,acceptTrade=4,withdrawTrade=1,grantGold=1",
  ),
}

describe("a load that plays the market", () => {
  it("is verified on an honest server, and again by a second one, which takes open trades as they are", async () => {
    const url = await startLyingServer(honest)

    for (const seed of [2, 2]) {
      const { code, printed } = await runLoad(url, { ...MARKET, seed })
      expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    }
  })

  it("survives answers that are lost after the deed, and its journal can be checked", async () => {
    const journal = join(await temporaryFolder(), "journal")
    const url = await startLyingServer(sometimes(isMutation, loseAnswer))

    const { code, printed } = await runLoad(url, { ...MARKET, journal })
    const kept = await runLoad(url, { verifyJournal: journal })

    expect({ code, shown: printed.shown }).toEqual({ code: 0, shown: [] })
    expect({ code: kept.code, shown: kept.printed.shown }).toEqual({ code: 0, shown: [] })
  })

  it.each<[string, Lie, RegExp]>([
    [
      "sells twice",
      once(isNamed("sellSword"), async (asked, forward) => {
        await forward(withKey(asked, "secretly"))
        return forward(asked)
      }),
      /expected gold from|gold: expected|refused with SWORD_NOT_OWNED/,
    ],
    [
      "gives twice",
      once(isNamed("gift"), async (asked, forward) => {
        await forward(withKey(asked, "secretly"))
        return forward(asked)
      }),
      /expected gold from|gold: expected|: expected \d+, found \d+|refused with SWORD_NOT_OWNED/,
    ],
    [
      "hurts too much",
      onceDone(isNamed("fightMonster"), answer => replaced(answer, /"healthLost":\d+/, '"healthLost":99')),
      /fight \d+-\d+: expected .*"healthLost":\d+.*, got .*"healthLost":99/,
    ],
    [
      "heals too little",
      onceDone(isNamed("rest"), answer => replaced(answer, /"health":\d+/, '"health":3')),
      /expected health \d+, got 3/,
    ],
    [
      "makes a trade before it is accepted",
      onceDone(isNamed("offerTrade"), answer => replaced(answer, /"state":"OPEN"/, '"state":"MADE"')),
      /expected the trade .*"OPEN".*, got .*"MADE"/,
    ],
    [
      "forgets a trade",
      once(isNamed("acceptTrade"), async () => refusal("TRADE_NOT_FOUND")),
      /acceptTrade load-1-p\d \(.*\): refused with TRADE_NOT_FOUND, which cannot be right/,
    ],
  ])("exposes a server that %s", async (_, lie, expected) => {
    const { code, printed } = await runLoad(await startLyingServer(lie), MARKET)

    expect({ code, verified: printed.verified === true && printed.wrongAnswers === 0 }).toEqual({
      code: 1,
      verified: false,
    })
    expect(printed.shown.join("\n")).toMatch(expected)
  })
})

describe("the journal of a load", () => {
  it("can be compared with the server later", async () => {
    const journal = join(await temporaryFolder(), "journal")
    const url = await startLyingServer(honest)
    await runLoad(url, { journal })

    const kept = await runLoad(url, { verifyJournal: journal })
    await runLoad(url, { count: 5 })
    const playedOn = await runLoad(url, { verifyJournal: journal })

    expect({ code: kept.code, shown: kept.printed.shown }).toEqual({ code: 0, shown: [] })
    expect(playedOn.code).toBe(1)
    expect(playedOn.printed.differences).toBeGreaterThan(0)
  })
})

function isMutation({ name }: Asked): boolean {
  return name.charAt(0) === name.charAt(0).toLowerCase()
}

function isNamed(wanted: string): (asked: Asked) => boolean {
  return ({ name }) => name === wanted
}

function isPurchase({ name }: Asked): boolean {
  return name === "buySword"
}

function isKey({ variables }: Asked, key: string): boolean {
  return variables.input?.idempotencyKey === key
}

/** Lies in the fifth answer of a sort, and is honest otherwise. */
function once(isMeant: (asked: Asked) => boolean, lie: Lie): Lie {
  let meant = 0
  return (asked, forward) => {
    if (isMeant(asked)) meant += 1
    return isMeant(asked) && meant === 5 ? lie(asked, forward) : forward(asked)
  }
}

/** Changes the first answer of a sort that is not a refusal. */
function onceDone(isMeant: (asked: Asked) => boolean, change: (answer: unknown) => unknown): Lie {
  let lied = false
  return async (asked, forward) => {
    const answer = await forward(asked)
    if (lied || !isMeant(asked) || JSON.stringify(answer).includes('"refusal":{')) return answer
    lied = true
    return change(answer)
  }
}

/** Lies in every fifth answer of a sort. */
function sometimes(isMeant: (asked: Asked) => boolean, lie: Lie): Lie {
  let meant = 0
  return (asked, forward) => {
    if (isMeant(asked)) meant += 1
    return isMeant(asked) && meant % 5 === 0 ? lie(asked, forward) : forward(asked)
  }
}

async function loseAnswer(...[asked, forward]: Parameters<Lie>): Promise<undefined> {
  await forward(asked)
}

async function forgetOutcome(...[asked, forward]: Parameters<Lie>): Promise<unknown> {
  await forward(asked)
  return fault("OUTCOME_UNKNOWN")
}

async function conflict(): Promise<unknown> {
  return fault("CONFLICT")
}

function refusal(code: string): unknown {
  const answer = { refusal: { code }, position: "p", replayed: false, player: null, purchase: null }
  return { data: { answer } }
}

function withKey(asked: Asked, idempotencyKey: string): Asked {
  return { ...asked, variables: { input: { ...asked.variables.input, idempotencyKey } } }
}

/** An answer that is right in every field, for a purchase that was not made. */
async function inventPurchase({ variables }: Asked, forward: Parameters<Lie>[1]): Promise<unknown> {
  const { playerId, swordType } = variables.input ?? {}
  const sword = builtInCatalogue.sword(String(swordType))
  const query = `{ player(id: "${playerId}") { gold } }`
  const found = (await forward({ name: "", query, variables: {} })) as { data: { player: { gold: number } } }
  const player = { id: playerId, gold: found.data.player.gold - (sword?.price ?? 0) }
  const purchase = { id: "9-9", price: sword?.price, sword: { type: swordType } }
  return { data: { answer: { refusal: null, position: "p", replayed: false, player, purchase } } }
}

/** Changes the text of an answer. Throws if there is nothing to change: then it would not be a lie. */
function replaced(answer: unknown, from: RegExp, to: string): unknown {
  const text = JSON.stringify(answer)
  if (!from.test(text)) throw new Error(`nothing to lie about in ${text}`)
  return JSON.parse(text.replace(from, to))
}

/** Counts the requests to an address. */
function count(counts: number[], index: number, then: Lie = honest): Lie {
  return (asked, forward) => {
    counts[index] = (counts[index] ?? 0) + 1
    return then(asked, forward)
  }
}
