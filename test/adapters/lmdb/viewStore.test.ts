import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { VIEW_LAYOUT } from "../../../src/adapters/lmdb/viewLayout.js"
import { openLmdbViewStore } from "../../../src/adapters/lmdb/viewStore.js"
import { viewStoreContract } from "../../contract/viewStore.js"
import type { ViewPart } from "../../fakes/viewData.js"
import { KeptLogger } from "../../support/keptLogger.js"
import { behindTheStore } from "./views.js"

const partOf: Readonly<Record<ViewPart, string>> = {
  documents: "documents",
  keys: `keys:${"0".repeat(16)}`,
  guilds: "list:guilds",
  gold: "rank:gold",
  swords: "rank:swords",
  monsters: "rank:monsters",
  guildSize: "rank:guildSize",
}

viewStoreContract("LMDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-views-"))
  const open = (realm = 0) => openLmdbViewStore({ folder, realm, logger: new KeptLogger() })
  const store = await open()
  return {
    realm: 0,
    store,
    reopen: open,
    forget: async () => {
      await store.close()
      const environment = await openEnvironment({ folder, kind: "views", format: VIEW_LAYOUT })
      const records = environment.root.openDB<string, string>("views", { encoding: "string" })
      await records.remove("0:live:1")
      await environment.close()
      return open()
    },
    lose: async (generation, part, what) => {
      await store.close()
      const prefix = `0:${generation}:${partOf[part]}:`
      await behindTheStore(folder, entries => {
        const found = [...entries.keys()].filter(key => key.startsWith(prefix))
        for (const key of what === "whole" ? found : found.slice(0, 1)) entries.delete(key)
      })
      return open()
    },
    cleanup: () => rm(folder, { recursive: true }),
  }
})
