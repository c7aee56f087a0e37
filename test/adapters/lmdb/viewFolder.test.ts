import { copyFile, open, readFile, stat, truncate, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeEach, describe, expect, test } from "vitest"
import { lockFolder } from "../../../src/adapters/lmdb/folderLock.js"
import { openLmdbViewStore } from "../../../src/adapters/lmdb/viewStore.js"
import type { ViewStore } from "../../../src/ports/viewStore.js"
import { checkpoint, writes } from "../../contract/viewStore.js"
import { temporaryFolder } from "../../support/folder.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { behindTheStore, openViews } from "./views.js"

const PLAYERS = 300
const names = Array.from({ length: PLAYERS }, (_, i) => `player/p${i}`)
const ids = names.map(name => `${name}/key`)
const document = (name: string) => `{"id":"${name}","gold":1000}`
const request = { documents: names, keys: ids }

const many = Array.from({ length: 4_000 }, (_, i) => `more/${i}`)

/** More than is checked of every LMDB file: 1 MB at its end. */
async function grow(folder: string): Promise<void> {
  const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
  const documents = Object.fromEntries(many.map(name => [name, "x".repeat(500)]))
  await store.swap(checkpoint(2), checkpoint(3), writes({ documents }))
  await store.close()
}

/** Views of some pages, closed again. */
async function fill(folder: string): Promise<void> {
  const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
  const documents = Object.fromEntries(names.map(name => [name, document(name)]))
  const keys = ids.map((id, i) => ({ bucket: i % 3, id, entry: `entry of ${id}` }))
  await store.swap(null, checkpoint(1), writes({ documents: { ...documents, [names[0] ?? ""]: "first" } }))
  await store.swap(
    checkpoint(1),
    checkpoint(2),
    writes({ documents, keys, add: ["knights"], scores: { gold: { p7: 5 } } }),
  )
  await store.close()
}

const whole = {
  checkpoint: checkpoint(2),
  documents: names.map(document),
  keys: ids.map(id => `entry of ${id}`),
}
const empty = { checkpoint: null, documents: names.map(() => null), keys: ids.map(() => null) }

describe("a damaged views folder is emptied, and that is logged:", () => {
  let folder: string

  beforeEach(async () => {
    folder = await temporaryFolder()
    await fill(folder)
  })

  const damages: Record<string, (entries: Map<string, string>) => void> = {
    "a document is gone": entries => entries.delete("0:1.1:documents:player/p7"),
    "a document is another": entries => entries.set("0:1.1:documents:player/p7", document("player/p8")),
    "a document is there that was not": entries => entries.set("0:1.1:documents:player/mallory", "{}"),
    "two documents changed places": entries => {
      entries.set("0:1.1:documents:player/p7", document("player/p8"))
      entries.set("0:1.1:documents:player/p8", document("player/p7"))
    },
    "a key is gone": entries => entries.delete("0:1.1:keys:0000000000000000:player/p0/key"),
    "a list lost an id": entries => entries.delete("0:1.1:list:guilds:knights"),
    "a score is another": entries => entries.set("0:1.1:score:p7:gold", "6"),
    "a leaderboard lost an id": entries => entries.delete("0:1.1:rank:gold:9007199254740986:p7"),
    "the checkpoint is another": entries => entries.set("0:1.1:checkpoint", JSON.stringify(checkpoint(3))),
    "the checkpoint is none": entries => entries.set("0:1.1:checkpoint", "null"),
    "the checkpoint of a generation beside it differs": entries => {
      entries.set("0:1.2:checkpoint", JSON.stringify(checkpoint(9, { generation: "1.2" })))
    },
    "the tally is gone": entries => entries.delete("0:1.1:tally"),
  }
  test.each(Object.entries(damages))("%s", async (_, damage) => {
    await behindTheStore(folder, damage)
    const logger = new KeptLogger()

    const store = await openViews(folder, { logger })

    expect(await store.read(1, request)).toEqual(empty)
    expect(logger.seen).toEqual(["error: views: damaged, so emptied and rebuilt from the log"])
    expect(logger.entries[0]?.fields).toEqual({ folder, problem: expect.stringContaining("data.mdb: ") })
    await expectRebuild(store, folder)
  })

  test.each([1, 2])("its file was cut to %d pages", async pages => {
    await truncate(join(folder, "data.mdb"), pages * 4096)
    const logger = new KeptLogger()

    const store = await openViews(folder, { logger })

    expect(await store.read(1, request)).toEqual(empty)
    expect(logger.entries[0]?.fields).toEqual({ folder, problem: expect.stringContaining("data.mdb: ") })
    await expectRebuild(store, folder)
  })

  test("whatever byte of whatever page was hit, the answer is complete or none", async () => {
    const file = join(folder, "data.mdb")
    const sound = `${file}.sound`
    await copyFile(file, sound)
    const { size } = await stat(file)
    const random = numbers(20_260_101)
    const answers = new Set<string>()
    for (let page = 0; page < size / 4096; page++) {
      await copyFile(sound, file)
      // The bytes where a page keeps its structure, and any others.
      for (const within of [random() % 64, random() % 4096]) {
        await writeByte(file, page * 4096 + within, random() % 256)
      }
      const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
      const answer = await store.read(1, request)
      await store.close()
      expect(answer).toEqual(answer.checkpoint === null ? empty : whole)
      answers.add(String(answer.checkpoint?.offset))
    }
    expect([...answers].sort()).toEqual(["2", "undefined"])
  })

  test("an entry that cannot be found by its key, though its leaf has it", async () => {
    const file = join(folder, "data.mdb")
    const sound = await readFile(file)
    const separators = branchKeys(sound, "player/p")
    expect(separators.length).toBeGreaterThan(3)
    for (const position of separators) {
      await writeFile(file, sound)
      await writeByte(file, position + "player/p".length, "~".charCodeAt(0))
      const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
      const answer = await store.read(1, request)
      await store.close()
      expect(answer).toEqual(answer.checkpoint === null ? empty : whole)
    }
  })

  test("a page far from the end of a large file", async () => {
    const file = join(folder, "data.mdb")
    await grow(folder)
    const sound = await readFile(file)
    const random = numbers(20_260_102)
    const answers = new Set<string>()
    for (let page = 20; page < 200; page += 20) {
      const damaged = Buffer.from(sound)
      for (let at = page * 4096 + 20; at < page * 4096 + 4096; at++) damaged[at] = random()
      await writeFile(file, damaged)
      const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
      const { checkpoint: found, documents } = await store.read(1, { documents: many, keys: [] })
      await store.close()
      answers.add(`${found?.offset} ${new Set(documents.map(text => text?.length)).size}`)
    }
    expect([...answers].sort()).toEqual(expect.arrayContaining(["undefined 1"]))
    for (const answer of answers) expect(["3 1", "undefined 1"]).toContain(answer)
  })
})

describe("a views folder that is sound", () => {
  test("is kept, and nothing is logged", async () => {
    const folder = await temporaryFolder()
    await fill(folder)
    const logger = new KeptLogger()

    const store = await openViews(folder, { logger })

    expect(await store.read(1, request)).toEqual(whole)
    expect(logger.entries).toEqual([])
  })

  test("is kept with leftovers that nobody reads", async () => {
    const folder = await temporaryFolder()
    await fill(folder)
    await behindTheStore(folder, entries => entries.set("0:1.7:documents:player/p7", "left"))

    expect(await (await openViews(folder)).read(1, request)).toEqual(whole)
  })

  test("is not emptied because another holds it", async () => {
    const folder = await temporaryFolder()
    await fill(folder)
    const holder = await openViews(folder)

    await expect(openViews(folder)).rejects.toMatchObject({ code: "HELD" })

    expect(await holder.read(1, request)).toEqual(whole)
  })

  test("of an older layout is emptied, unless another build holds it", async () => {
    const folder = await temporaryFolder()
    await fill(folder)
    await writeFile(join(folder, "FORMAT"), "guildhall views 1\n")
    const release = await lockFolder(folder)
    await expect(openViews(folder)).rejects.toMatchObject({ code: "HELD" })
    await release()
    await expect(openViews(folder, { readOnly: true })).rejects.toMatchObject({ code: "MISSING" })
    const logger = new KeptLogger()

    const store = await openViews(folder, { logger })

    expect(await store.read(1, request)).toEqual(empty)
    expect(logger.seen).toEqual(["info: views: of an older layout, so emptied and rebuilt from the log"])
    await expectRebuild(store, folder)
  })

  test("is not emptied because its format is another's", async () => {
    const folder = await temporaryFolder()
    await fill(folder)
    await writeFile(join(folder, "FORMAT"), "guildhall views 3\n")

    await expect(openViews(folder)).rejects.toMatchObject({ code: "OTHER_FORMAT" })

    await writeFile(join(folder, "FORMAT"), "guildhall views 2\n")
    expect(await (await openViews(folder)).read(1, request)).toEqual(whole)
  })
})

test("keys of dropped buckets are removed bit by bit: no swap removes many at once, and in the end all are gone", async () => {
  const folder = await temporaryFolder()
  const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
  const keys = Array.from({ length: 3_500 }, (_, i) => ({ bucket: 0, id: `k${i}`, entry: "e" }))
  await store.swap(null, checkpoint(1), writes({ keys }))
  const left: number[] = []
  let opened = store
  for (let offset = 1; offset < 6; offset++) {
    const from = checkpoint(offset, { firstBucket: Math.min(offset - 1, 1) })
    await opened.swap(from, checkpoint(offset + 1, { firstBucket: 1 }), writes())
    await opened.close()
    const entries = await behindTheStore(folder, () => {})
    left.push([...entries.keys()].filter(key => key.startsWith("0:1.1:keys:")).length)
    opened = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger() })
  }
  expect((await opened.read(1, { documents: [], keys: [] })).checkpoint?.offset).toBe(6)
  await opened.close()

  expect(left).toEqual([2_500, 1_500, 500, 0, 0])
})

/** An emptied store can be filled like a new one, and stays sound. */
async function expectRebuild(store: ViewStore, folder: string): Promise<void> {
  await store.close()
  await fill(folder)
  expect(await (await openViews(folder)).read(1, request)).toEqual(whole)
}

async function writeByte(path: string, position: number, value: number): Promise<void> {
  const file = await open(path, "r+")
  await file.write(Buffer.from([value]), 0, 1, position)
  await file.close()
}

/** Where a text stands in the branch pages of a file: in the keys that part one leaf from the next. */
function branchKeys(file: Buffer, text: string): number[] {
  const positions: number[] = []
  for (let page = 0; page < file.length; page += 4096) {
    // The flags of a page's header, `mdb.c`.
    if (file.readUInt16LE(page + 18) !== 0x01) continue
    for (let at = page; at !== -1 && at < page + 4096; at = file.indexOf(text, at + 1)) {
      if (at > page) positions.push(at)
    }
  }
  return positions
}

/** Numbers up to 2^24, the same each time (Numerical Recipes' generator, its low bits dropped). */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state >>> 8
  }
}
