import { loadConfig } from "../../src/app/config.js"
import { newLogger } from "../../src/app/logger.js"
import { openRealm } from "../../src/app/openRealm.js"
import { listen } from "../../src/cli/listen.js"
import { constantCommands } from "./constantGame.js"

// The limit: the shipped server with everything that `guildhall serve` runs, except that commands answer a constant.
// Settings by the environment. Started like apolloFastify.ts.

const config = loadConfig(process.env)
const logger = newLogger(config)
const realm = await openRealm(config, {
  logger,
  onStopped: fault => logger.error({ fault }, "the log stopped"),
})
const server = await listen(config, realm, logger, constantCommands)
process.send?.(server.url)
process.once("disconnect", async () => {
  await server.close()
  await realm.close()
})
