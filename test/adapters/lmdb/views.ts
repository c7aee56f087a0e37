import { onTestFinished } from "vitest"
import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { VIEW_LAYOUT } from "../../../src/adapters/lmdb/viewLayout.js"
import { openLmdbViewStore } from "../../../src/adapters/lmdb/viewStore.js"
import type { ViewStore } from "../../../src/ports/viewStore.js"
import { KeptLogger } from "../../support/keptLogger.js"

/** Views of realm 0 that are closed when the test is over. */
export async function openViews(
  folder: string,
  options: { readonly readOnly?: boolean; readonly logger?: KeptLogger } = {},
): Promise<ViewStore> {
  const store = await openLmdbViewStore({ folder, realm: 0, logger: new KeptLogger(), ...options })
  onTestFinished(() => store.close())
  return store
}

/** The entries of a folder that nobody has open, to look at and to change. */
export async function behindTheStore(
  folder: string,
  change: (entries: Map<string, string>) => void,
): Promise<ReadonlyMap<string, string>> {
  const environment = await openEnvironment({ folder, kind: "views", format: VIEW_LAYOUT })
  const records = environment.root.openDB<string, string>("views", { encoding: "string" })
  const before = new Map([...records.getRange()].map(({ key, value }) => [key, value]))
  const after = new Map(before)
  change(after)
  await records.transaction(() => {
    for (const [key, value] of after) void records.put(key, value)
    for (const key of before.keys()) if (!after.has(key)) void records.remove(key)
  })
  await environment.close()
  return after
}
