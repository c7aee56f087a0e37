import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { isFault } from "../../src/ports/faults.js"
import {
  BOARDS,
  type Board,
  type Checkpoint,
  SCORE_MAX,
  type Score,
  type ViewAnswer,
  type ViewStore,
  type ViewWrites,
} from "../../src/ports/viewStore.js"
import { VIEW_PARTS, type ViewPart } from "../fakes/viewData.js"

/** A fresh, empty store of an implementation under test. */
export interface ViewStoreFixture {
  /** The realm of `store`. */
  readonly realm: number
  readonly store: ViewStore
  /** Another connection to the same views, as from another process. Absent where only one may be open. */
  readonly connect?: () => Promise<ViewStore>
  /** The same place opened for another realm, or again for the same one; closes `store` first. */
  readonly reopen: (realm: number) => Promise<ViewStore>
  /** Loses the pointer to the live generation of fold version 1: its content becomes a leftover. Returns the store. */
  readonly forget: () => Promise<ViewStore>
  /** Loses a part of a generation, all of the part or one entry; of the keys, those of the first bucket. */
  readonly lose: (generation: string, part: ViewPart, what: "whole" | "entry") => Promise<ViewStore>
  /** Removes everything; the suite has closed `store` and whatever `connect` and `reopen` returned. */
  readonly cleanup: () => Promise<void>
}

const FOLD = 1
const RACE_SWAPS = 200
const RACE_READERS = 4

/** What every implementation of the ViewStore port must do. Each test gets a fresh store from `make`. */
export function viewStoreContract(name: string, make: () => Promise<ViewStoreFixture>): void {
  describe(`${name} keeps the contract of a view store:`, () => {
    let fixture: ViewStoreFixture
    let store: ViewStore
    let opened: ViewStore[]

    beforeEach(async () => {
      fixture = await make()
      store = fixture.store
      opened = [store]
    })

    afterEach(async () => {
      for (const each of opened) await each.close()
      await fixture.cleanup()
    })

    const at = (offset: number, more: Partial<Checkpoint> = {}): Checkpoint =>
      checkpoint(offset, { realm: fixture.realm, ...more })

    const connect = async (): Promise<ViewStore> => {
      const another = (await fixture.connect?.()) ?? store
      opened.push(another)
      return another
    }

    const reopen = async (realm: number): Promise<ViewStore> => {
      for (const each of opened) await each.close()
      const again = await fixture.reopen(realm)
      opened.push(again)
      return again
    }

    const read = (documents: readonly string[], keys: readonly string[] = []): Promise<ViewAnswer> =>
      store.read(FOLD, { documents, keys })

    describe("an empty store", () => {
      test("answers a null checkpoint and nothing else", async () => {
        const answer = await store.read(FOLD, { documents: ["player/alice"], keys: ["k"] })

        expect(answer).toEqual({ checkpoint: null, documents: [null], keys: [null] })
      })

      test("has no list", async () => {
        expect(await store.list(FOLD, "guilds", null, 10)).toEqual({ checkpoint: null, ids: [] })
      })

      test("has no leaderboard", async () => {
        expect(await store.top(FOLD, "gold", 10)).toEqual({ checkpoint: null, scores: [] })
      })

      test("takes a first swap, from null", async () => {
        const to = at(5)

        const won = await store.swap(null, to, writes({ documents: { "player/alice": "1" } }))

        expect(won).toBe(true)
        expect(await read(["player/alice"])).toEqual({ checkpoint: to, documents: ["1"], keys: [] })
      })

      test("gives the checkpoint back exactly", async () => {
        const to = at(5, {
          logId: 'log "é 😀"',
          hash: "00ff",
          at: 1_753_000_000_123,
          keyTime: Number.MAX_SAFE_INTEGER,
          firstBucket: 7,
          lastBucket: 9,
        })
        await store.swap(null, to, writes())

        expect((await read([])).checkpoint).toEqual(to)
      })
    })

    describe("a swap", () => {
      test("from the current checkpoint wins and advances it", async () => {
        await store.swap(null, at(5), writes({ documents: { a: "old", b: "kept" } }))

        const won = await store.swap(at(5), at(9), writes({ documents: { a: "new", c: "first" } }))

        expect(won).toBe(true)
        expect(await read(["a", "b", "c"])).toEqual({
          checkpoint: at(9),
          documents: ["new", "kept", "first"],
          keys: [],
        })
      })

      const losing: Record<string, (now: (offset: number) => Checkpoint) => [Checkpoint | null, Checkpoint]> =
        {
          "an older offset": now => [now(4), now(10)],
          "a newer offset": now => [now(6), now(10)],
          "null though there is a generation": now => [null, now(10)],
          "null with another generation, though one is live": now => [
            null,
            { ...now(10), generation: "1.2" },
          ],
          "another generation": now => [
            { ...now(5), generation: "1.2" },
            { ...now(10), generation: "1.2" },
          ],
          "another fold version": now => [
            { ...now(5), generation: "2.1" },
            { ...now(10), generation: "2.1" },
          ],
        }
      test.each(Object.entries(losing))("from %s loses and changes nothing", async (_, swap) => {
        const before = writes({
          documents: { a: "old" },
          keys: [{ bucket: 0, id: "k", entry: "old" }],
          add: ["knights"],
          scores: { gold: { alice: 1 } },
        })
        await store.swap(null, at(5), before)
        const [from, to] = swap(at)

        const won = await store.swap(
          from,
          { ...to, firstBucket: 1 },
          writes({
            documents: { a: "new", b: "new" },
            keys: [{ bucket: 1, id: "l", entry: "new" }],
            add: ["wizards"],
            remove: ["knights"],
            scores: { gold: { alice: 2, bob: 3 } },
          }),
        )

        expect(won).toBe(false)
        const answer = await read(["a", "b"], ["k", "l"])
        expect(answer).toEqual({ checkpoint: at(5), documents: ["old", null], keys: ["old", null] })
        expect((await store.list(FOLD, "guilds", null, 10)).ids).toEqual(["knights"])
        expect((await store.top(FOLD, "gold", 10)).scores).toEqual([{ id: "alice", score: 1 }])
        expect((await store.read(2, { documents: [], keys: [] })).checkpoint).toBeNull()
      })

      test("that won returns false when it is repeated, and changes nothing", async () => {
        await store.swap(null, at(5), writes({ documents: { a: "1" } }))
        const again = writes({ documents: { a: "2" } })
        expect(await store.swap(at(5), at(6), again)).toBe(true)
        await store.swap(at(6), at(7), writes({ documents: { a: "3" } }))

        expect(await store.swap(at(5), at(6), again)).toBe(false)
        expect(await store.swap(null, at(5), writes({ documents: { a: "1" } }))).toBe(false)
        expect(await read(["a"])).toEqual({ checkpoint: at(7), documents: ["3"], keys: [] })
      })

      test("wins once when two race from one checkpoint", async () => {
        const rival = await connect()
        await store.swap(null, at(1), writes())
        for (let offset = 1; offset < 30; offset++) {
          const won = await Promise.all(
            [store, rival].map((each, i) =>
              each.swap(at(offset), at(offset + 1), writes({ documents: { winner: `${offset} ${i}` } })),
            ),
          )

          expect([...won].sort()).toEqual([false, true])
          const { documents } = await read(["winner"])
          expect(documents).toEqual([`${offset} ${won.indexOf(true)}`])
        }
      })

      test("wins once when two race from nothing", async () => {
        const rival = await connect()
        const race = (each: ViewStore, who: string) =>
          each.swap(null, at(5), writes({ documents: { [who]: who } }))

        const won = await Promise.all([race(store, "a"), race(rival, "b")])

        expect([...won].sort()).toEqual([false, true])
        const [a, b] = (await read(["a", "b"])).documents
        expect([a, b]).toEqual(won[0] ? ["a", null] : [null, "b"])
      })

      test("of another realm, backwards or to another generation is a bug of the caller", async () => {
        await store.swap(null, at(5), writes())
        const refused: [Checkpoint | null, Checkpoint][] = [
          [at(5), at(5)],
          [at(5), at(4)],
          [at(5), at(6, { realm: fixture.realm + 1 })],
          [at(5), at(6, { generation: "1.2" })],
          [at(5), at(6, { generation: "one" })],
          [at(5), at(6, { firstBucket: 3, lastBucket: 2 })],
          [at(5), at(6, { firstBucket: 0, lastBucket: 100 })],
          [at(5, { firstBucket: 1 }), at(6)],
        ]
        for (const [from, to] of refused) {
          const error = await store.swap(from, to, writes()).catch(error => error)
          expect(error).toBeInstanceOf(Error)
          expect(isFault(error)).toBe(false)
        }
        expect((await read([])).checkpoint).toEqual(at(5))
      })
    })

    describe("an answer", () => {
      test("is in the order of the request, with null for what is missing, and twice what is requested twice", async () => {
        const keys = [1, 2].map(n => ({ bucket: 0, id: `k${n}`, entry: `e${n}` }))
        await store.swap(null, at(5), writes({ documents: { a: "A", b: "B" }, keys }))

        const answer = await read(["b", "none", "a", "b"], ["none", "k2", "k1", "k2"])

        expect(answer.documents).toEqual(["B", null, "A", "B"])
        expect(answer.keys).toEqual([null, "e2", "e1", "e2"])
      })

      test("keeps documents, keys, list and leaderboards apart, whatever their names", async () => {
        const names = ["checkpoint", "documents", "guilds", "live:1", "a:b", "a", "{x}", "buckets", "keys:0"]
        const documents = Object.fromEntries(names.map(name => [name, `document ${name}`]))
        const keys = names.map(id => ({ bucket: 0, id, entry: `key ${id}` }))
        const scores = {
          gold: Object.fromEntries(names.map(name => [name, 1])),
          swords: Object.fromEntries(names.map(name => [name, 2])),
          monsters: Object.fromEntries(names.map(name => [name, 3])),
          guildSize: Object.fromEntries(names.map(name => [name, 4])),
        }
        await store.swap(null, at(5), writes({ documents, keys, add: names, scores }))

        const answer = await read(names, names)

        expect(answer.checkpoint).toEqual(at(5))
        expect(answer.documents).toEqual(names.map(name => `document ${name}`))
        expect(answer.keys).toEqual(names.map(name => `key ${name}`))
        expect((await store.list(FOLD, "guilds", null, 100)).ids).toEqual([...names].sort())
        for (const [i, board] of BOARDS.entries()) {
          const expected = [...names].sort().map(id => ({ id, score: i + 1 }))
          expect((await store.top(FOLD, board, 100)).scores).toEqual(expected)
        }
      })

      test("is the newest, right after a swap, also on another connection", async () => {
        const other = await connect()
        await store.swap(null, at(1), writes())
        for (let offset = 1; offset < 50; offset++) {
          await Promise.all([read(["a"]), other.read(FOLD, { documents: ["a"], keys: [] })])
          await store.swap(at(offset), at(offset + 1), writes({ documents: { a: `${offset}` } }))

          expect((await read(["a"])).documents).toEqual([`${offset}`])
          expect((await other.read(FOLD, { documents: ["a"], keys: [] })).documents).toEqual([`${offset}`])
        }
      })

      test("is never a mixture of two checkpoints, however readers and swaps race", async () => {
        const other = await connect()
        const mixtures = await raceReaders(store, other, at)

        expect(mixtures.seen.size).toBeGreaterThan(1)
        expect(mixtures.found).toEqual([])
      })
    })

    describe("texts", () => {
      const long = `${"x".repeat(99_990)}é😀`
      const samples = ["", "{}", '{"a":"é\\n😀 日本 \u0000"}', long, "\ud7ff\u2028", "null"]

      test("come back as they were, whatever their characters and length, as documents and keys", async () => {
        const documents = Object.fromEntries(samples.map((text, i) => [`d${i}`, text]))
        const keys = samples.map((entry, i) => ({ bucket: 0, id: `k${i}`, entry }))
        await store.swap(null, at(5), writes({ documents, keys }))

        const answer = await read(
          Object.keys(documents),
          keys.map(key => key.id),
        )

        expect(answer.documents).toEqual(samples)
        expect(answer.keys).toEqual(samples)
      })

      test("have names of every printable character, and of 300 characters", async () => {
        const printable = Array.from({ length: 95 }, (_, i) => String.fromCharCode(32 + i)).join("")
        const names = [printable, "n".repeat(300), "player/é😀", " ", "0"]
        const documents = Object.fromEntries(names.map(name => [name, `d ${name}`]))
        const keys = names.map(id => ({ bucket: 0, id, entry: `k ${id}` }))
        await store.swap(null, at(5), writes({ documents, keys }))

        const answer = await read(names, names)

        expect(answer.documents).toEqual(names.map(name => `d ${name}`))
        expect(answer.keys).toEqual(names.map(name => `k ${name}`))
      })

      test("are 5,000 of each kind in one swap, and all in one answer", async () => {
        const numbers = Array.from({ length: 5_000 }, (_, i) => i)
        const documents = Object.fromEntries(numbers.map(i => [`player/p${i}`, `{"gold":${i}}`]))
        const keys = numbers.map(i => ({ bucket: i % 2, id: `k${i}`, entry: `e${i}` }))
        const add = numbers.map(i => `g${String(i).padStart(4, "0")}`)
        const scores = { swords: Object.fromEntries(numbers.map(i => [`p${i}`, i])) }
        await store.swap(null, at(1), writes())

        const won = await store.swap(at(1), at(5_000), writes({ documents, keys, add, scores }))

        expect(won).toBe(true)
        const answer = await read(
          Object.keys(documents),
          keys.map(key => key.id),
        )
        expect(answer.documents).toEqual(numbers.map(i => `{"gold":${i}}`))
        expect(answer.keys).toEqual(numbers.map(i => `e${i}`))
        expect((await store.list(FOLD, "guilds", null, 6_000)).ids).toEqual(add)
        const best = numbers.map(i => ({ id: `p${i}`, score: i })).reverse()
        expect((await store.top(FOLD, "swords", 6_000)).scores).toEqual(best)
      })
    })

    describe("keys", () => {
      const key = (bucket: number, id = `k${bucket}`) => ({ bucket, id, entry: `of ${bucket}` })

      test("are found in each of the checkpoint's buckets", async () => {
        const to = at(5, { firstBucket: 8, lastBucket: 11 })
        await store.swap(null, to, writes({ keys: [key(8), key(9), key(11)] }))

        expect((await read([], ["k8", "k9", "k10", "k11"])).keys).toEqual(["of 8", "of 9", null, "of 11"])
      })

      test("are overwritten by the same id in the same bucket", async () => {
        await store.swap(null, at(5), writes({ keys: [key(0, "k")] }))
        await store.swap(at(5), at(6), writes({ keys: [{ bucket: 0, id: "k", entry: "again" }] }))

        expect((await read([], ["k"])).keys).toEqual(["again"])
      })

      test("are dropped with their bucket when the checkpoint's first one passes it", async () => {
        let from: Checkpoint | null = null
        for (let bucket = 0; bucket < 12; bucket++) {
          const to = at(bucket + 1, { firstBucket: Math.max(0, bucket - 2), lastBucket: bucket })
          await store.swap(from, to, writes({ keys: [key(bucket)] }))
          from = to

          const ids = Array.from({ length: 12 }, (_, i) => `k${i}`)
          const kept = (await read([], ids)).keys.flatMap((entry, i) => (entry === null ? [] : [i]))
          expect(kept).toEqual([bucket - 2, bucket - 1, bucket].filter(each => each >= 0))
        }
      })

      test("of 6,000 in one bucket are dropped with it, in the swap that passes it", async () => {
        const many = Array.from({ length: 6_000 }, (_, i) => key(0, `k${i}`))
        await store.swap(null, at(1), writes({ keys: many }))
        await store.swap(at(1), at(2, { firstBucket: 1, lastBucket: 1 }), writes({ keys: [key(1)] }))

        const { keys } = await read([], [...many.map(each => each.id).filter(id => id !== "k1"), "k1"])
        expect(keys.filter(entry => entry !== null)).toEqual(["of 1"])
      })
    })

    describe("a list", () => {
      const ids = ["-", ".", "0", "9", "A", "Z", "_", "a", "a-", "a.b", "a0", "aa", "ab", "b", "z".repeat(64)]
      const list = async (after: string | null, limit: number) =>
        (await store.list(FOLD, "guilds", after, limit)).ids

      test("is in byte order, with ids of every allowed character", async () => {
        await store.swap(null, at(5), writes({ add: [...ids].reverse() }))

        expect(await store.list(FOLD, "guilds", null, 100)).toEqual({
          checkpoint: at(5),
          ids: [...ids].sort(),
        })
      })

      test("is paged: after an id, whether it exists or not, up to a limit", async () => {
        await store.swap(null, at(5), writes({ add: ids }))
        const sorted = [...ids].sort()

        const paged: string[] = []
        for (let page = await list(null, 4); page.length > 0; page = await list(paged.at(-1) ?? "", 4)) {
          expect(page.length).toBeLessThanOrEqual(4)
          paged.push(...page)
        }

        expect(paged).toEqual(sorted)
        expect(await list("a1", 2)).toEqual(["aa", "ab"])
        expect(await list("zz", 10)).toEqual(["z".repeat(64)])
        expect(await list("{", 10)).toEqual([])
        expect(await list(null, 0)).toEqual([])
      })

      test("holds an id once, until it is removed; added again it is back", async () => {
        await store.swap(null, at(1), writes({ add: ["a", "b", "c", "b"] }))
        await store.swap(at(1), at(2), writes({ add: ["b"], remove: ["c", "none"] }))
        expect(await list(null, 10)).toEqual(["a", "b"])

        await store.swap(at(2), at(3), writes({ add: ["c"], remove: ["a"] }))
        expect(await list(null, 10)).toEqual(["b", "c"])
      })

      test("holds an id that one swap both removes and adds", async () => {
        await store.swap(null, at(1), writes({ add: ["a"], remove: ["a"] }))
        await store.swap(at(1), at(2), writes({ add: ["a"], remove: ["a"] }))

        expect(await list(null, 10)).toEqual(["a"])
      })
    })

    describe("a leaderboard", () => {
      const top = async (board: Board, limit: number): Promise<readonly Score[]> =>
        (await store.top(FOLD, board, limit)).scores
      const ids = async (board: Board, limit = 100) => (await top(board, limit)).map(({ id }) => id)

      test("has the highest score first, and 0 too, as of its checkpoint", async () => {
        const gold = { alice: 5, bob: 1000, carol: 0, dave: 40 }
        await store.swap(null, at(5), writes({ scores: { gold } }))

        expect(await store.top(FOLD, "gold", 10)).toEqual({
          checkpoint: at(5),
          scores: [
            { id: "bob", score: 1000 },
            { id: "dave", score: 40 },
            { id: "alice", score: 5 },
            { id: "carol", score: 0 },
          ],
        })
      })

      test("has equal scores in the order of their ids' bytes, whatever order they came in", async () => {
        const tied = [
          "-",
          ".",
          "0",
          "9",
          "A",
          "Z",
          "_",
          "a",
          "a-",
          "a.b",
          "a0",
          "aa",
          "ab",
          "b",
          "z".repeat(64),
        ]
        const scores = Object.fromEntries([...tied].reverse().map(id => [id, 7]))
        await store.swap(null, at(5), writes({ scores: { gold: { ...scores, first: 8, last: 6 } } }))

        expect(await ids("gold")).toEqual(["first", ...[...tied].sort(), "last"])
      })

      test("keeps every score exactly, up to 2^53 - 1", async () => {
        const exact = [
          SCORE_MAX,
          SCORE_MAX - 1,
          SCORE_MAX - 2,
          2 ** 52 + 1,
          2 ** 52,
          2 ** 32 + 1,
          1e15,
          10,
          9,
          1,
          0,
        ]
        const expected = [...exact].sort((a, b) => b - a).map(score => ({ id: `of ${score}`, score }))
        const gold = Object.fromEntries(expected.map(({ id, score }) => [id, score]).reverse())
        await store.swap(null, at(5), writes({ scores: { gold } }))

        const found = await top("gold", 100)

        expect(found).toEqual(expected)
        expect(found.map(({ score }) => Object.is(score, -0))).not.toContain(true)
      })

      test("returns the best, up to a limit", async () => {
        const gold = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`p${i}`, i % 3]))
        await store.swap(null, at(5), writes({ scores: { gold } }))
        const all = await top("gold", 100)

        expect(all).toHaveLength(30)
        for (const limit of [1, 9, 10, 11, 30]) expect(await top("gold", limit)).toEqual(all.slice(0, limit))
        expect(await top("gold", 0)).toEqual([])
      })

      test("returns the first of thousands that are tied, wherever the limit cuts them", async () => {
        const tied = Array.from({ length: 3_000 }, (_, i) => `p${String(i).padStart(4, "0")}`)
        const gold = Object.fromEntries([...tied].reverse().map((id, i) => [id, i % 1_000 === 7 ? 2 : 1]))
        await store.swap(null, at(5), writes({ scores: { gold: { ...gold, best: 3 } } }))
        const two = tied.filter(id => gold[id] === 2)
        const expected = ["best", ...two, ...tied.filter(id => gold[id] === 1)]

        for (const limit of [1, 2, 3, 4, 5, 100, 2_999, 3_001, 5_000]) {
          expect(await ids("gold", limit)).toEqual(expected.slice(0, limit))
        }
      })

      test("has an id once, with the score that was set last", async () => {
        await store.swap(null, at(1), writes({ scores: { gold: { alice: 10, bob: 5, carol: 1 } } }))
        await store.swap(at(1), at(2), writes({ scores: { gold: { alice: 3, bob: 5 } } }))
        await store.swap(at(2), at(3), writes({ scores: { gold: { carol: 0 } } }))

        expect(await top("gold", 10)).toEqual([
          { id: "bob", score: 5 },
          { id: "alice", score: 3 },
          { id: "carol", score: 0 },
        ])
      })

      test("loses an id that is removed, even one that was never on it; it may come back", async () => {
        const guildSize = { knights: 3, bards: 2, monks: 1 }
        await store.swap(null, at(1), writes({ scores: { guildSize, gold: { knights: 5 } } }))
        await store.swap(at(1), at(2), writes({ gone: { guildSize: ["knights", "none", "monks"] } }))
        expect(await top("guildSize", 10)).toEqual([{ id: "bards", score: 2 }])
        expect(await ids("gold")).toEqual(["knights"])

        await store.swap(at(2), at(3), writes({ scores: { guildSize: { knights: 1 } } }))
        expect(await top("guildSize", 10)).toEqual([
          { id: "bards", score: 2 },
          { id: "knights", score: 1 },
        ])
      })

      test("has an id that one swap both removes and sets", async () => {
        const both = writes({ scores: { gold: { a: 1 } }, gone: { gold: ["a"] } })
        await store.swap(null, at(1), both)
        await store.swap(at(1), at(2), both)

        expect(await top("gold", 10)).toEqual([{ id: "a", score: 1 }])
      })

      test("is not changed by a swap that won before and is repeated", async () => {
        const again = writes({ scores: { gold: { a: 2 } }, gone: { gold: ["b"] } })
        await store.swap(null, at(1), writes({ scores: { gold: { a: 1, b: 1 } } }))
        await store.swap(at(1), at(2), again)
        await store.swap(at(2), at(3), writes({ scores: { gold: { a: 3, b: 3 } } }))

        expect(await store.swap(at(1), at(2), again)).toBe(false)
        expect(await top("gold", 10)).toEqual([
          { id: "a", score: 3 },
          { id: "b", score: 3 },
        ])
      })

      test.each([-1, 0.5, SCORE_MAX + 1, Number.NaN, Number.POSITIVE_INFINITY])(
        "refuses a score of %d: that is a bug of the caller, and nothing is written",
        async score => {
          await store.swap(null, at(5), writes({ documents: { a: "old" } }))
          const wrong = writes({ documents: { a: "new" }, scores: { swords: { alice: score } } })

          const error = await store.swap(at(5), at(6), wrong).catch(error => error)

          expect(error).toBeInstanceOf(Error)
          expect(isFault(error)).toBe(false)
          expect(await read(["a"])).toEqual({ checkpoint: at(5), documents: ["old"], keys: [] })
        },
      )

      test("is never of another checkpoint than it says, however readers and swaps race", async () => {
        const other = await connect()
        const { found, seen } = await raceBoards(store, other, at)

        expect(seen.size).toBeGreaterThan(1)
        expect(found).toEqual([])
      })
    })

    describe("what was left under the name of a new generation", () => {
      test("is never seen, and is cleared by its first swap", async () => {
        const documents = Object.fromEntries(Array.from({ length: 6_000 }, (_, i) => [`d${i}`, "left"]))
        const keys = [0, 1, 2, 3].map(bucket => ({ bucket, id: `k${bucket}`, entry: "left" }))
        const scores = {
          gold: { left: 9 },
          swords: { left: 9 },
          monsters: { left: 9 },
          guildSize: { left: 9 },
        }
        const full = writes({ documents, keys, add: ["left"], scores })
        await store.swap(null, at(50, { lastBucket: 3 }), full)
        store = await fixture.forget()
        opened.push(store)
        const names = Object.keys(documents)
        const ids = keys.map(each => each.id)
        expect((await read([])).checkpoint).toBeNull()

        const wide = at(2, { lastBucket: 3 })
        const fresh = writes({ documents: { d1: "new" }, add: ["new"], scores: { gold: { new: 1 } } })
        expect((await store.top(FOLD, "gold", 10)).checkpoint).toBeNull()
        expect(await store.swap(null, wide, fresh)).toBe(true)

        const answer = await read(names, ids)
        expect(answer.checkpoint).toEqual(wide)
        expect(answer.documents.filter(text => text !== null)).toEqual(["new"])
        expect(answer.keys).toEqual([null, null, null, null])
        expect((await store.list(FOLD, "guilds", null, 10)).ids).toEqual(["new"])
        const boards = await Promise.all(BOARDS.map(board => store.top(FOLD, board, 10)))
        expect(boards.map(board => board.scores)).toEqual([[{ id: "new", score: 1 }], [], [], []])
      })
    })

    // Shows R32.
    describe("a generation that has lost", () => {
      const full = writes({
        documents: { a: "A", b: "B", c: "C" },
        keys: ["k", "l", "m"].map((id, i) => ({ bucket: i === 2 ? 1 : 0, id, entry: id })),
        add: ["g", "h"],
        scores: {
          gold: { a: 1, b: 2 },
          swords: { a: 1, b: 2 },
          monsters: { a: 1, b: 2 },
          guildSize: { g: 1, h: 2 },
        },
      })
      const everything = async () => {
        const { checkpoint: to, documents, keys } = await read(["a", "b", "c"], ["k", "l", "m"])
        const lists = await store.list(FOLD, "guilds", null, 10)
        const boards = await Promise.all(BOARDS.map(board => store.top(FOLD, board, 10)))
        const entries = [documents, keys, lists.ids, boards.flatMap(({ scores }) => scores)]
        const checkpoints = [to, lists.checkpoint, ...boards.map(board => board.checkpoint)]
        return { checkpoints, entries: entries.flat().filter(entry => entry !== null) }
      }
      const losses = VIEW_PARTS.flatMap(part => [[part, "whole"] as const, [part, "entry"] as const])

      test.each(losses)(
        "its %s (%s) counts as absent: no answer, no swap from it, and it is rebuilt",
        async (part, what) => {
          await store.swap(null, at(5), full)
          await store.swap(at(5), at(6), writes({ documents: { a: "again" } }))
          store = await fixture.lose("1.1", part, what)
          opened.push(store)
          const none = { checkpoints: Array(2 + BOARDS.length).fill(null), entries: [] }
          expect(await everything()).toEqual(none)

          expect(await store.swap(at(6), at(7), writes({ documents: { b: "more" } }))).toBe(false)
          expect(await everything()).toEqual(none)

          const begun = writes({ documents: { b: "new" }, keys: [{ bucket: 0, id: "l", entry: "new" }] })
          expect(await store.swap(null, at(2), begun)).toBe(true)
          expect(await everything()).toEqual({
            checkpoints: Array(2 + BOARDS.length).fill(at(2)),
            entries: ["new", "new"],
          })
        },
      )

      test("a part, and is rebuilt: a swap that began before loses", async () => {
        await store.swap(null, at(5), full)
        store = await fixture.lose("1.1", "documents", "whole")
        opened.push(store)
        await store.swap(null, at(2), writes({ documents: { a: "new" } }))

        expect(await store.swap(null, at(1), full)).toBe(false)
        expect(await store.swap(at(5), at(6), full)).toBe(false)

        expect(await everything()).toEqual({
          checkpoints: Array(2 + BOARDS.length).fill(at(2)),
          entries: ["new"],
        })
        expect(await store.swap(at(2), at(3), full)).toBe(true)
      })
    })

    describe("a generation that is filled beside the live one", () => {
      const next = (offset: number, more: Partial<Checkpoint> = {}) =>
        at(offset, { generation: "1.2", ...more })
      const seen = async (of: number | string) => {
        const { checkpoint: to, documents } = await store.read(of, { documents: ["a"], keys: [] })
        return [to, ...documents]
      }
      const a = (text: string) =>
        writes({ documents: { a: text }, add: [text], scores: { gold: { [text]: 1 } } })

      test("is not live until it has caught up; then it takes the place of the old one, which is gone", async () => {
        await store.swap(null, at(10), a("old"))

        expect(await store.swap(null, next(4), a("4"), "1.1")).toBe(true)
        expect(await store.swap(next(4), next(9), a("9"), "1.1")).toBe(true)
        expect(await store.swap(at(10), at(12), a("older"))).toBe(true)
        expect(await seen(FOLD)).toEqual([at(12), "older"])
        expect(await seen("1.2")).toEqual([next(9), "9"])

        expect(await store.swap(next(9), next(12), a("12"), "1.1")).toBe(true)
        expect(await seen(FOLD)).toEqual([next(12), "12"])
        expect((await store.list(FOLD, "guilds", null, 10)).ids).toEqual(["12", "4", "9"])
        expect((await store.top(FOLD, "gold", 10)).scores.map(({ id }) => id)).toEqual(["12", "4", "9"])
        expect(await seen("1.1")).toEqual([null, null])

        expect(await store.swap(at(12), at(13), a("zombie"))).toBe(false)
        expect(await store.swap(next(12), next(13), a("zombie"), "1.1")).toBe(false)
        expect(await store.swap(next(12), next(13), a("13"))).toBe(true)
        expect(await seen(FOLD)).toEqual([next(13), "13"])
      })

      test("continues where it was, when the store is opened again", async () => {
        await store.swap(null, at(10), a("old"))
        await store.swap(null, next(4), a("4"), "1.1")

        store = await reopen(fixture.realm)

        expect(await seen("1.2")).toEqual([next(4), "4"])
        expect(await store.swap(next(4), next(10), a("10"), "1.1")).toBe(true)
        expect(await seen(FOLD)).toEqual([next(10), "10"])
      })

      test("is filled by one of two that race, and loses from anywhere but its own checkpoint", async () => {
        const rival = await connect()
        await store.swap(null, at(10), a("old"))
        const race = [store, rival].map((each, i) => each.swap(null, next(4), a(`by ${i}`), "1.1"))
        const won = await Promise.all(race)

        expect([...won].sort()).toEqual([false, true])
        expect(await store.swap(next(3), next(5), a("5"), "1.1")).toBe(false)
        expect(await store.swap(next(4, { folded: ["A@1"] }), next(5), a("5"), "1.1")).toBe(false)
        expect(await store.swap(null, next(5), a("5"), "1.1")).toBe(false)
        expect(await seen("1.2")).toEqual([next(4), `by ${won.indexOf(true)}`])
      })

      test("loses when another one is live, or none", async () => {
        expect(await store.swap(null, next(4), a("4"), "1.1")).toBe(false)
        await store.swap(null, next(10), a("old"))
        const third = at(20, { generation: "1.3" })
        expect(await store.swap(null, third, a("third"), "1.1")).toBe(false)

        expect(await seen("1.3")).toEqual([null, null])
        expect(await store.swap(null, third, a("third"), "1.2")).toBe(true)
        expect(await seen(FOLD)).toEqual([third, "third"])
      })

      test.each(VIEW_PARTS)("begins again when it has lost of its %s", async part => {
        const key = { bucket: 0, id: "k", entry: "k" }
        const scores = { gold: { a: 1 }, swords: { a: 1 }, monsters: { a: 1 }, guildSize: { g: 1 } }
        const full = writes({ documents: { a: "4", b: "B" }, keys: [key], add: ["g"], scores })
        await store.swap(null, at(10), a("old"))
        await store.swap(null, next(4), full, "1.1")
        store = await fixture.lose("1.2", part, "entry")
        opened.push(store)
        if ((await seen(FOLD))[0] === null) await store.swap(null, at(10), a("old"))

        expect(await seen("1.2")).toEqual([null, null])
        expect(await store.swap(next(4), next(5), a("5"), "1.1")).toBe(false)
        expect(await store.swap(null, next(5), a("5"), "1.1")).toBe(true)
        expect(await store.read("1.2", { documents: ["a", "b"], keys: ["k"] })).toEqual({
          checkpoint: next(5),
          documents: ["5", null],
          keys: [null],
        })
      })

      test("in the place of a newer one, or of another fold version, is a bug of the caller", async () => {
        await store.swap(null, at(10), a("old"))
        for (const replaces of ["1.2", "1.3", "2.1", "one"]) {
          const error = await store.swap(null, next(4), a("4"), replaces).catch(error => error)
          expect(error).toBeInstanceOf(Error)
          expect(isFault(error)).toBe(false)
        }
      })
    })

    describe("side by side", () => {
      const content = (text: string) =>
        writes({
          documents: { a: text },
          keys: [{ bucket: 0, id: "k", entry: text }],
          add: [text],
          scores: { gold: { [text]: 1 } },
        })
      const seen = async (from: ViewStore, fold: number) => {
        const { checkpoint: to, documents, keys } = await from.read(fold, { documents: ["a"], keys: ["k"] })
        const { ids } = await from.list(fold, "guilds", null, 10)
        const { scores } = await from.top(fold, "gold", 10)
        return [to, ...documents, ...keys, ...ids, ...scores.map(({ id }) => id)]
      }

      test("two fold versions do not see each other", async () => {
        const old = at(5)
        const young = at(3, { generation: "2.1" })
        await store.swap(null, old, content("old"))
        expect(await seen(store, 2)).toEqual([null, null, null])

        expect(await store.swap(null, young, content("young"))).toBe(true)
        await store.swap(old, at(6), writes({ documents: { a: "old again" } }))

        expect(await seen(store, 1)).toEqual([at(6), "old again", "old", "old", "old"])
        expect(await seen(store, 2)).toEqual([young, "young", "young", "young", "young"])
        expect(await seen(store, 12)).toEqual([null, null, null])
      })

      test("two realms do not see each other", async () => {
        const other = fixture.realm + 1
        await store.swap(null, at(5), content("one"))
        const second = await reopen(other)
        expect(await seen(second, FOLD)).toEqual([null, null, null])

        expect(await second.swap(null, at(3, { realm: other }), content("two"))).toBe(true)

        expect(await seen(second, FOLD)).toEqual([at(3, { realm: other }), "two", "two", "two", "two"])
        expect(await seen(await reopen(fixture.realm), FOLD)).toEqual([at(5), "one", "one", "one", "one"])
      })
    })

    test("the share of memory in use is from 0 to 1", async () => {
      const share = await store.usedShare()

      expect(share).toBeGreaterThanOrEqual(0)
      expect(share).toBeLessThanOrEqual(1)
    })

    test("what was swapped in is there when the store is opened again", async () => {
      await store.swap(null, at(5), writes({ documents: { a: "A" }, scores: { guildSize: { g: 1, h: 2 } } }))
      await store.swap(at(5), at(6), writes({ keys: [{ bucket: 0, id: "k", entry: "K" }], add: ["g"] }))

      const again = await reopen(fixture.realm)

      const answer = await again.read(FOLD, { documents: ["a"], keys: ["k"] })
      expect(answer).toEqual({ checkpoint: at(6), documents: ["A"], keys: ["K"] })
      expect((await again.list(FOLD, "guilds", null, 10)).ids).toEqual(["g"])
      expect((await again.top(FOLD, "guildSize", 1)).scores).toEqual([{ id: "h", score: 2 }])
      expect(await again.swap(at(6), at(7), writes())).toBe(true)
    })

    test("a closed store answers VIEWS_UNAVAILABLE to everything, and closes again", async () => {
      await store.swap(null, at(5), writes())
      await store.close()
      await store.close()

      const calls = [
        read([]),
        store.list(FOLD, "guilds", null, 1),
        store.top(FOLD, "gold", 1),
        store.swap(at(5), at(6), writes()),
        store.usedShare(),
      ]
      const faults = await Promise.all(calls.map(call => call.then(String, (error: unknown) => error)))

      expect(faults.map(fault => isFault(fault, "VIEWS_UNAVAILABLE"))).toEqual(calls.map(() => true))
    })
  })
}

/** A checkpoint of realm 0 and generation 1.1, except for what is given. */
export function checkpoint(offset: number, more: Partial<Checkpoint> = {}): Checkpoint {
  return {
    logId: "log",
    realm: 0,
    generation: "1.1",
    offset,
    hash: `hash ${offset}`,
    at: 1_753_000_000_000 + offset,
    keyTime: offset,
    keyRetention: 3_600_000,
    firstBucket: 0,
    lastBucket: 2,
    folded: [],
    frozen: [],
    ...more,
  }
}

export function writes(
  given: {
    readonly documents?: Readonly<Record<string, string>>
    readonly keys?: ViewWrites["keys"]
    readonly add?: readonly string[]
    readonly remove?: readonly string[]
    readonly scores?: Partial<Record<Board, Readonly<Record<string, number>>>>
    /** Ids that leave boards. */
    readonly gone?: Partial<Record<Board, readonly string[]>>
  } = {},
): ViewWrites {
  const scoresOf = (board: Board) => ({
    set: Object.entries(given.scores?.[board] ?? {}).map(([id, score]) => ({ id, score })),
    remove: given.gone?.[board] ?? [],
  })
  return {
    documents: new Map(Object.entries(given.documents ?? {})),
    keys: given.keys ?? [],
    lists: { guilds: { add: given.add ?? [], remove: given.remove ?? [] } },
    scores: {
      gold: scoresOf("gold"),
      swords: scoresOf("swords"),
      monsters: scoresOf("monsters"),
      guildSize: scoresOf("guildSize"),
    },
  }
}

const RACED_DOCUMENTS = ["a", "b", "c"]

/** What must be the same in every part of one answer: its offset. */
function partsOf({ checkpoint: to, documents, keys }: ViewAnswer): string[] {
  return [`${to?.offset}`, ...documents.map(String), ...keys.map(String)]
}

/** Not all stores leave the event loop by themselves. */
function turn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve))
}

/**
 * Swaps, while readers of two connections read: each swap writes its own offset into everything that it touches.
 * Returns the answers with unequal parts, and the offsets seen.
 */
export function raceReaders(
  store: ViewStore,
  other: ViewStore,
  at: (offset: number) => Checkpoint,
): Promise<Race> {
  const request = { documents: RACED_DOCUMENTS, keys: ["k", "l"] }
  const content = (offset: number) =>
    writes({
      documents: Object.fromEntries(RACED_DOCUMENTS.map(name => [name, `${offset}`])),
      keys: ["k", "l"].map(id => ({ bucket: 0, id, entry: `${offset}` })),
    })
  const read = async (reader: ViewStore) => partsOf(await reader.read(FOLD, request))
  return race({ store, other, at, content, read })
}

/** The same with the scores of a leaderboard, which change places at each swap. */
function raceBoards(store: ViewStore, other: ViewStore, at: (offset: number) => Checkpoint): Promise<Race> {
  const content = (offset: number) =>
    writes({ scores: { gold: { a: 2 * offset + (offset % 2), b: 2 * offset + ((offset + 1) % 2) } } })
  const read = async (reader: ViewStore) => {
    const { checkpoint: to, scores } = await reader.top(FOLD, "gold", 10)
    return [`${to?.offset}`, ...scores.map(({ score }) => `${Math.floor(score / 2)}`)]
  }
  return race({ store, other, at, content, read })
}

interface Race {
  readonly found: string[][]
  readonly seen: Set<string>
}

interface Racing {
  readonly store: ViewStore
  readonly other: ViewStore
  readonly at: (offset: number) => Checkpoint
  readonly content: (offset: number) => ViewWrites
  /** What must be the same in all parts of one answer, the offset first. */
  readonly read: (reader: ViewStore) => Promise<string[]>
}

async function race({ store, other, at, content, read }: Racing): Promise<Race> {
  const found: string[][] = []
  const seen = new Set<string>()
  let done = false
  const readOn = async (reader: ViewStore): Promise<void> => {
    while (!done) {
      const parts = await read(reader)
      seen.add(parts[0] ?? "")
      if (new Set(parts).size > 1) found.push(parts)
      await turn()
    }
  }
  await store.swap(null, at(1), content(1))
  const readers = Array.from({ length: RACE_READERS }, (_, i) => readOn(i % 2 === 0 ? store : other))
  try {
    for (let offset = 1; offset < RACE_SWAPS; offset++) {
      await store.swap(at(offset), at(offset + 1), content(offset + 1))
      await turn()
    }
  } finally {
    done = true
    await Promise.all(readers)
  }
  return { found, seen }
}
