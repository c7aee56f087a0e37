import { createHash } from "node:crypto"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import type { Lake } from "../../src/ports/lake.js"
import { faultOf } from "../support/fault.js"

/** A fresh, empty lake of an implementation under test. */
export interface LakeFixture {
  readonly lake: Lake
  /** Another connection to the same lake, as from another process. */
  readonly connect: () => Promise<Lake>
  /** Puts a file in place behind the lake's back, under a name that the lake itself refuses. */
  readonly plant: (path: string, bytes: Uint8Array) => Promise<void>
  /** The files directly in a folder, hidden ones too. */
  readonly names: (folder: string) => Promise<readonly string[]>
  /** Removes everything; the suite has closed `lake` and whatever `connect` returned. */
  readonly cleanup: () => Promise<void>
}

/** Larger than a Parquet file of ours gets. */
const LARGE_BYTES = 70_000_000
/** Large enough that writing it takes longer than reading: a reader that could see a part of it would. */
const POLLED_BYTES = 8_000_000

const RACE_ROUNDS = 20
const RACERS = 6

/** What every implementation of the Lake port must do. Each test gets a fresh lake from `make`. */
export function lakeContract(name: string, make: () => Promise<LakeFixture>): void {
  describe(`${name} keeps the contract of a lake:`, () => {
    let fixture: LakeFixture
    let lake: Lake
    let opened: Lake[]

    beforeEach(async () => {
      fixture = await make()
      lake = fixture.lake
      opened = [lake]
    })

    afterEach(async () => {
      for (const each of opened) await each.close()
      await fixture.cleanup()
    })

    const connect = async (): Promise<Lake> => {
      const another = await fixture.connect()
      opened.push(another)
      return another
    }

    describe("write and read", () => {
      test("a missing file is null, whether its folder exists or not", async () => {
        await lake.write("folder/other", bytes("there"))

        expect(await lake.read("folder/file")).toBeNull()
        expect(await lake.read("none/file")).toBeNull()
        expect(await lake.read("none/at/all/file")).toBeNull()
      })

      test("what was written is read, on any connection, in folders that nobody made before", async () => {
        const path = "events/dt=2026-11-24/0-5-9-a.b_c.parquet"

        await lake.write(path, bytes("rows"))

        expect(text(await lake.read(path))).toBe("rows")
        expect(text(await (await connect()).read(path))).toBe("rows")
      })

      test("bytes of every value come back as they were, and so does an empty file", async () => {
        const every = Uint8Array.from({ length: 1_000 }, (_, at) => at % 256)
        await lake.write("every", every)
        await lake.write("empty", new Uint8Array(0))

        expect(await read(lake, "every")).toEqual(Buffer.from(every))
        expect(await read(lake, "empty")).toEqual(Buffer.alloc(0))
      })

      test(`a file of ${LARGE_BYTES} bytes comes back whole`, async () => {
        const large = noise(LARGE_BYTES)

        await lake.write("folder/large", large)

        const back = await lake.read("folder/large")
        expect(back?.length).toBe(LARGE_BYTES)
        expect(digest(back)).toBe(digest(large))
        expect(await lake.list("folder")).toEqual([{ name: "large", bytes: LARGE_BYTES }])
      }, 120_000)

      test("many files side by side are all there", async () => {
        const names = Array.from({ length: 40 }, (_, at) => `file-${at}`)

        await Promise.all(names.map(each => lake.write(`many/${each}`, bytes(each))))

        const contents = await Promise.all(names.map(async each => text(await lake.read(`many/${each}`))))
        expect(contents).toEqual(names)
      })

      test("the caller may use its buffer again after the write", async () => {
        const buffer = Buffer.from("first")
        await lake.write("first", buffer)
        buffer.write("other")
        await lake.write("other", buffer)

        expect(text(await lake.read("first"))).toBe("first")
      })

      test("what was read is the reader's own", async () => {
        await lake.write("file", bytes("content"))
        const mine = await lake.read("file")
        mine?.fill(0)

        expect(text(await lake.read("file"))).toBe("content")
      })
    })

    describe("putIfAbsent", () => {
      test("creates a file where there is none", async () => {
        expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(true)

        expect(text(await lake.read("log/0.json"))).toBe("mine")
      })

      test("creates an empty file and a large one", async () => {
        expect(await lake.putIfAbsent("empty", new Uint8Array(0))).toBe(true)
        expect(await lake.putIfAbsent("large", noise(POLLED_BYTES))).toBe(true)

        expect(await read(lake, "empty")).toEqual(Buffer.alloc(0))
        expect(digest(await lake.read("large"))).toBe(digest(noise(POLLED_BYTES)))
      })

      test.each([
        ["of another length", "a longer text than the one before"],
        ["of the same length", "mind"],
        ["that begins with them", "mine and more"],
        ["that is empty", ""],
      ])("is false where there is a file %s, which stands", async (_, theirs) => {
        await lake.putIfAbsent("log/0.json", bytes(theirs))

        expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(false)

        expect(text(await lake.read("log/0.json"))).toBe(theirs)
      })

      test("is true where the file that is there has just these bytes: a reply was lost", async () => {
        const other = await connect()
        await lake.putIfAbsent("log/0.json", bytes("mine"))
        await lake.putIfAbsent("log/1.json", new Uint8Array(0))

        expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(true)
        expect(await other.putIfAbsent("log/0.json", bytes("mine"))).toBe(true)
        expect(await lake.putIfAbsent("log/1.json", new Uint8Array(0))).toBe(true)
      })

      test("is false over a file from write or from replace", async () => {
        await lake.write("written", bytes("1"))
        await lake.replace("replaced", bytes("1"))

        expect(await lake.putIfAbsent("written", bytes("2"))).toBe(false)
        expect(await lake.putIfAbsent("replaced", bytes("2"))).toBe(false)
      })

      test("is won by exactly one of many rivals, whose content stands, round after round", async () => {
        const rivals = [lake, ...(await Promise.all(Array.from({ length: RACERS - 1 }, connect)))]

        for (let round = 0; round < RACE_ROUNDS; round++) {
          const path = `log/${round}.json`
          const put = (rival: Lake, at: number) => rival.putIfAbsent(path, bytes(`rival ${at}`))
          const won = await Promise.all(rivals.map(put))

          expect(won.filter(Boolean)).toHaveLength(1)
          expect(text(await lake.read(path))).toBe(`rival ${won.indexOf(true)}`)
        }
      }, 60_000)

      test("shows no reader a part of the file", async () => {
        const whole = noise(POLLED_BYTES)
        const reader = await connect()

        const seen = await whileReading(reader, "log/0.json", () => lake.putIfAbsent("log/0.json", whole))

        expect(seen.has("none")).toBe(true)
        seen.delete("none")
        seen.delete(digest(whole))
        expect([...seen]).toEqual([])
      })

      test("leaves nothing else behind, whether won or lost", async () => {
        await lake.putIfAbsent("log/0.json", bytes("mine"))
        await lake.putIfAbsent("log/0.json", bytes("other"))
        await lake.putIfAbsent("log/0.json", bytes("mine"))

        expect(await fixture.names("log")).toEqual(["0.json"])
      })
    })

    describe("replace", () => {
      test("creates a file, and writes over one", async () => {
        await lake.replace("log/last", bytes("first"))
        await lake.replace("log/last", bytes("the second one"))
        expect(text(await lake.read("log/last"))).toBe("the second one")

        await lake.replace("log/last", bytes("3"))

        expect(text(await lake.read("log/last"))).toBe("3")
        expect(await fixture.names("log")).toEqual(["last"])
      })

      test("shows each reader the old or the new file, never a part or none", async () => {
        const [old, young] = [noise(POLLED_BYTES), noise(POLLED_BYTES + 1)]
        const reader = await connect()
        await lake.replace("log/last", old)

        const seen = await whileReading(reader, "log/last", async () => {
          for (const next of [young, old, young]) await lake.replace("log/last", next)
        })

        expect(seen.has(digest(old))).toBe(true)
        seen.delete(digest(old))
        seen.delete(digest(young))
        expect([...seen]).toEqual([])
        expect(digest(await lake.read("log/last"))).toBe(digest(young))
      }, 60_000)

      test("by many at once leaves the file of one of them, whole", async () => {
        const rivals = [lake, await connect(), await connect()]
        const texts = rivals.map((_, at) => `${at}`.repeat(10_000 * (at + 1)))

        await Promise.all(rivals.map((rival, at) => rival.replace("log/last", bytes(texts[at] ?? ""))))

        expect(texts).toContain(text(await lake.read("log/last")))
      })
    })

    describe("list", () => {
      test("is empty where there is no folder", async () => {
        expect(await lake.list("none")).toEqual([])
        expect(await lake.list("none/at/all")).toEqual([])
      })

      test("returns names and lengths, sorted by name, of the files directly in the folder", async () => {
        await lake.write("events/b", bytes("22"))
        await lake.write("events/_last", bytes("1"))
        await lake.write("events/B", bytes("333"))
        await lake.write("events/a", new Uint8Array(0))
        await lake.write("events/dt=2026-11-24/deeper", bytes("4"))
        await lake.write("others/c", bytes("5"))

        expect(await lake.list("events")).toEqual([
          { name: "B", bytes: 3 },
          { name: "_last", bytes: 1 },
          { name: "a", bytes: 0 },
          { name: "b", bytes: 2 },
        ])
      })

      test("leaves out hidden names", async () => {
        await lake.write("events/shown", bytes("1"))
        await fixture.plant("events/.hidden", bytes("2"))

        expect(await fixture.names("events")).toEqual([".hidden", "shown"])
        expect(await lake.list("events")).toEqual([{ name: "shown", bytes: 1 }])
      })

      test("gives each of more than a hundred files", async () => {
        const names = Array.from({ length: 120 }, (_, at) => `f${String(at).padStart(4, "0")}`)
        for (let at = 0; at < names.length; at += 50) {
          const some = names.slice(at, at + 50)
          await Promise.all(some.map(each => fixture.plant(`many/${each}`, bytes(each))))
        }

        expect(await lake.list("many")).toEqual(names.map(each => ({ name: each, bytes: 5 })))
      }, 120_000)
    })

    describe("delete", () => {
      test("removes a file, for every connection, and is idempotent", async () => {
        const other = await connect()
        await lake.write("folder/gone", bytes("1"))
        await lake.write("folder/kept", bytes("2"))

        await lake.delete("folder/gone")
        await lake.delete("folder/gone")
        await other.delete("folder/gone")

        expect(await other.read("folder/gone")).toBeNull()
        expect(await lake.list("folder")).toEqual([{ name: "kept", bytes: 1 }])
      })

      test("of a file that never existed does nothing", async () => {
        await lake.delete("none")
        await lake.delete("none/at/all")

        expect(await lake.list("none")).toEqual([])
      })

      test("makes room for putIfAbsent", async () => {
        await lake.putIfAbsent("log/0.json", bytes("1"))
        await lake.delete("log/0.json")

        expect(await lake.putIfAbsent("log/0.json", bytes("2"))).toBe(true)
      })
    })

    describe("paths", () => {
      const wrong = [
        "",
        "/",
        "/absolute",
        "folder/",
        "a//b",
        ".",
        "..",
        "a/../b",
        "../outside",
        "a/./b",
        ".hidden",
        "a/.hidden",
        "a b",
        "a?op=DELETE",
        "a#b",
        "a%2Fb",
        "a\\b",
        "a:b",
        "a\0b",
        "a\n",
        "é",
        "x".repeat(300),
      ]
      test.each(wrong)("%j is refused by each method: it is the caller's bug", async path => {
        const calls = [
          () => lake.write(path, bytes("1")),
          () => lake.putIfAbsent(path, bytes("1")),
          () => lake.replace(path, bytes("1")),
          () => lake.read(path),
          () => lake.list(path),
          () => lake.delete(path),
        ]

        for (const call of calls) await expect(call()).rejects.toThrow(RangeError)
      })

      test("of 200 characters a segment are fine", async () => {
        const path = `${"f".repeat(200)}/${"n".repeat(200)}`

        expect(await lake.putIfAbsent(path, bytes("1"))).toBe(true)
        expect(text(await lake.read(path))).toBe("1")
      })
    })

    describe("a folder where a file is expected", () => {
      test("is HISTORY_UNAVAILABLE for reads, writes and puts, and stays", async () => {
        await lake.write("folder/file", bytes("1"))

        for (const call of [
          () => lake.read("folder"),
          () => lake.write("folder", bytes("2")),
          () => lake.putIfAbsent("folder", bytes("2")),
          () => lake.replace("folder", bytes("2")),
          () => lake.delete("folder"),
        ]) {
          expect(await faultOf(call())).toMatchObject({
            code: "HISTORY_UNAVAILABLE",
            message: expect.stringContaining("folder"),
          })
        }
        expect(text(await lake.read("folder/file"))).toBe("1")
      })

      test("and a file where a folder is expected, is HISTORY_UNAVAILABLE too", async () => {
        await lake.write("file", bytes("1"))

        for (const call of [
          () => lake.write("file/under", bytes("2")),
          () => lake.putIfAbsent("file/under", bytes("2")),
          () => lake.list("file"),
        ]) {
          expect((await faultOf(call())).code).toBe("HISTORY_UNAVAILABLE")
        }
        expect(text(await lake.read("file"))).toBe("1")
        expect(await lake.read("file/under")).toBeNull()
      })
    })

    test("a closed lake does nothing more: HISTORY_UNAVAILABLE; to close it again does no harm", async () => {
      const other = await connect()
      await lake.write("file", bytes("1"))
      await lake.close()
      await lake.close()

      for (const call of [
        () => lake.read("file"),
        () => lake.list("folder"),
        () => lake.write("new", bytes("2")),
        () => lake.putIfAbsent("new", bytes("2")),
        () => lake.replace("new", bytes("2")),
        () => lake.delete("file"),
      ]) {
        expect((await faultOf(call())).code).toBe("HISTORY_UNAVAILABLE")
      }
      expect(text(await other.read("file"))).toBe("1")
      expect(await other.read("new")).toBeNull()
    })
  })
}

/** What a continuous reader has seen when the work is done: digests, and `none`. It also reads before and after. */
async function whileReading(reader: Lake, path: string, work: () => Promise<unknown>): Promise<Set<string>> {
  const seen = new Set<string>()
  const look = async () => {
    const found = await reader.read(path)
    seen.add(found === null ? "none" : digest(found))
  }
  await look()
  let isOver = false
  const working = work().finally(() => {
    isOver = true
  })
  while (!isOver) {
    await look()
    await new Promise(resolve => setImmediate(resolve))
  }
  await working
  await look()
  return seen
}

async function read(lake: Lake, path: string): Promise<Buffer | null> {
  const found = await lake.read(path)
  return found === null ? null : Buffer.from(found)
}

export function bytes(content: string): Uint8Array {
  return Buffer.from(content)
}

export function text(content: Uint8Array | null): string | null {
  return content === null ? null : Buffer.from(content).toString()
}

function digest(content: Uint8Array | null): string {
  return createHash("sha1")
    .update(content ?? "")
    .digest("hex")
}

/** Bytes without repetition, the same each time. */
export function noise(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4))
  let state = length + 1
  for (let at = 0; at < words.length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    words[at] = state
  }
  return Buffer.from(words.buffer, 0, length)
}
