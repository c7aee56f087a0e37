import { expect, test, vi } from "vitest"
import { FolderError } from "../../../src/adapters/lmdb/folderError.js"
import { openViewFolder, type ViewFolder } from "../../../src/adapters/lmdb/viewFolder.js"
import { faultOf } from "../../support/fault.js"
import { temporaryFolder } from "../../support/folder.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { openViews } from "./views.js"
import { checkpoint, writes } from "./viewWrites.js"

vi.mock(import("../../../src/adapters/lmdb/viewFolder.js"), async load => {
  const real = await load()
  return { ...real, openViewFolder: vi.fn(real.openViewFolder) }
})

const request = { documents: ["a"], keys: [] }

/** Views whose next write LMDB rolls back, as was seen after a kill -9. */
async function failingOnce() {
  vi.mocked(openViewFolder).mockClear()
  const logger = new KeptLogger()
  const store = await openViews(await temporaryFolder(), { logger })
  await store.swap(null, checkpoint(1), writes(1, 10))
  const opened = (await vi.mocked(openViewFolder).mock.results[0]?.value) as ViewFolder
  const cause = new Error("MDB_BAD_TXN: Transaction must abort, has a child, or is invalid")
  const failure = Object.assign(new Error("Commit failed"), { commitError: Promise.reject(cause) })
  vi.spyOn(opened.records, "childTransaction").mockImplementation(async () => {
    throw failure
  })
  return { store, logger }
}

async function offsetOf(store: Awaited<ReturnType<typeof openViews>>): Promise<number | undefined> {
  const { checkpoint: found } = await store.read(1, request)
  return found?.offset
}

test("after a write that failed for an unknown reason, the views are reopened by themselves", async () => {
  const { store, logger } = await failingOnce()

  const fault = await faultOf(store.swap(checkpoint(1), checkpoint(2), writes(2, 10)))

  expect(fault.code).toBe("VIEWS_UNAVAILABLE")
  expect(fault.message).toContain("a write failed, so it is opened again: Error: MDB_BAD_TXN")
  await expect.poll(() => offsetOf(store).catch(() => null)).toBe(1)
  expect(await store.swap(checkpoint(1), checkpoint(2), writes(2, 10))).toBe(true)
  expect((await store.read(1, request)).documents).toEqual(["2"])
  expect(logger.entries).toHaveLength(1)
})

test("reopening is retried until the folder can be opened; until then calls fail with the reason", async () => {
  const { store } = await failingOnce()
  vi.mocked(openViewFolder).mockRejectedValueOnce(new FolderError("HELD", "another process has it"))
  await faultOf(store.swap(checkpoint(1), checkpoint(2), writes(2, 10)))

  await expect
    .poll(async () => (await faultOf(store.read(1, request))).message)
    .toContain("it cannot be opened again: FolderError: another process has it")
  await expect.poll(() => offsetOf(store).catch(() => null), { timeout: 10_000 }).toBe(1)
})

test("closed while reopening, it stays closed, and the folder is free", async () => {
  const { store } = await failingOnce()
  await faultOf(store.swap(checkpoint(1), checkpoint(2), writes(2, 10)))
  await store.close()

  expect((await faultOf(store.read(1, request))).message).toContain("it is closed")
  const { folder } = vi.mocked(openViewFolder).mock.calls[0]?.[0] ?? { folder: "" }
  const other = await openViews(folder)
  expect(await offsetOf(other)).toBe(1)
})
