import { startServer } from "../../src/server/server.js"
import { constantGame } from "./constantGame.js"

const logger = { debug() {}, info() {}, warn() {}, error() {} }

// The server of `share.ts`, in its own process: it sends its URL, its CPU time on request, and ends with its
// parent.
const server = await startServer({ host: "127.0.0.1", port: 0, game: constantGame(), logger })
process.send?.(server.url)
process.on("message", () => process.send?.(process.cpuUsage()))
process.once("disconnect", () => void server.close())
