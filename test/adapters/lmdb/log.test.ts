import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { openLmdbLog } from "../../../src/adapters/lmdb/log.js"
import { logContract } from "../../contract/log.js"

logContract("LMDB", async () => {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-log-"))
  const log = await openLmdbLog({ folder })
  return {
    log,
    reopen: async () => {
      await log.close()
      return openLmdbLog({ folder })
    },
    cleanup: () => rm(folder, { recursive: true }),
  }
})
