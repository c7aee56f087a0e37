import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openEnvironment } from "../../../src/adapters/lmdb/environment.js"
import { openLmdbViewStore } from "../../../src/adapters/lmdb/viewStore.js"
import { viewStoreContract } from "../../contract/viewStore.js"
import { KeptLogger } from "../../support/keptLogger.js"

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
      const environment = await openEnvironment({ folder, kind: "views", format: 1 })
      const records = environment.root.openDB<string, string>("views", { encoding: "string" })
      await records.remove("0:live:1")
      await environment.close()
      return open()
    },
    cleanup: () => rm(folder, { recursive: true }),
  }
})
