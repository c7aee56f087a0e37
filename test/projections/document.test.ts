import { describe, expect, test } from "vitest"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { type Document, foldDocument, NO_DOCUMENT } from "../../src/projections/document.js"
import { Chain } from "../log/support/judging.js"
import { bought, dissolved, founded, granted, joined, left, registered } from "../support/events.js"

const alice = playerAggregate("alice")
const bob = playerAggregate("bob")
const knights = guildAggregate("knights")

describe("a document", () => {
  test("has the state after all events, the link, and how many commits changed it", async () => {
    const chain = new Chain().add([alice], [registered("alice")]).add([alice], [granted("alice", 5)])

    const document = await fold(chain, alice)

    expect(document).toMatchObject({ link: "c2", version: 2, state: { gold: 1005 } })
  })

  test("is the same object after a record about others", async () => {
    const judged = await new Chain()
      .add([bob], [registered("bob")])
      .addGarbage()
      .judged()
    const before: Document = { ...NO_DOCUMENT, link: "c0" }

    for (const record of judged) expect(foldDocument(alice, before, record)).toBe(before)
  })

  test("takes the link of a commit that only read it, but no new version", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    chain.add([bob, alice], [registered("bob")])

    expect(await fold(chain, alice)).toMatchObject({ link: "c2", version: 1, state: { id: "alice" } })
  })

  test("takes the link of a superseded commit that took its slot, but not its events", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    chain.addRival({ [alice]: null, [bob]: null }, [registered("alice"), registered("bob")])

    expect(await fold(chain, bob)).toEqual({ link: "c2", version: 0, state: null })
    expect(await fold(chain, alice)).toMatchObject({ link: "c1", version: 1 })
  })

  test("of a guild keeps its link without a state once it is dissolved", async () => {
    const chain = new Chain().add([alice], [registered("alice")])
    chain.add([alice, knights], [founded("alice", "knights")])
    chain.add([alice, knights], [left("alice", "knights"), dissolved("alice", "knights")])

    expect(await fold(chain, knights)).toEqual({ link: "c3", version: 2, state: null })
  })
})

describe("a document freezes", () => {
  test.each([
    ["an event that cannot follow its state", granted("alice", 5), "AGGREGATE_FROZEN"],
    ["an event that cannot be read", { type: "GoldGranted", v: 1, data: {} }, "AGGREGATE_FROZEN"],
    ["an event about somebody the commit does not name", joined("bob", "x"), "AGGREGATE_FROZEN"],
    ["an event of a newer build", { type: "DragonTamed", v: 1, data: {} }, "NEEDS_NEWER_BUILD"],
    ["a version of a newer build", { type: "GoldGranted", v: 2, data: {} }, "NEEDS_NEWER_BUILD"],
  ])("at %s", async (_, event, code) => {
    const document = await fold(new Chain().add([alice], [event]), alice)

    expect(document).toEqual({
      link: "c1",
      version: 0,
      state: null,
      frozen: { code, offset: 1, reason: expect.stringMatching(/./) },
    })
  })

  test("with the state before that commit, whole", async () => {
    const chain = new Chain().add([alice], [registered("alice", { gold: 100 })])
    chain.add([alice], [granted("alice", 5), bought("alice", "katana", 150)])

    expect(await fold(chain, alice)).toMatchObject({
      version: 1,
      state: { gold: 100 },
      frozen: { offset: 2 },
    })
  })

  test("for good: later commits move its link alone", async () => {
    const chain = new Chain().add([alice], [granted("alice", 5)]).add([alice], [registered("alice")])

    expect(await fold(chain, alice)).toMatchObject({ link: "c2", state: null, frozen: { offset: 1 } })
  })
})

async function fold(chain: Chain, aggregate: typeof alice): Promise<Document> {
  const judged = await chain.judged()
  return judged.reduce((document, record) => foldDocument(aggregate, document, record), NO_DOCUMENT)
}
