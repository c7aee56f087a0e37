import { newLogger } from "../../src/app/logger.js"

const [, , logFormat, isTerminal] = process.argv

process.stderr.isTTY = isTerminal === "terminal"
process.env.NO_COLOR = "1"
if (logFormat !== "auto" && logFormat !== "pretty" && logFormat !== "json") throw new Error("no such format")
const logger = newLogger({ logLevel: "info", logFormat })
logger.info({ realm: 0 }, "a name: \u001b[31mred\u202e")
// biome-ignore lint/suspicious/noConsole: as a library does
for (let i = 0; i < 3; i++) console.warn("[WARN] of a %s", "library")
