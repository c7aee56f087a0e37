import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"

/** Where systems keep it: Debian, others, macOS. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]

/** Starts a browser without a window, that finds no host but this machine. Throws when there is none to start. */
export async function startChromium(): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? PLACES.find(place => existsSync(place))
  if (executablePath === undefined) {
    throw new Error("Chromium is missing: `apt-get install chromium`, or name one by CHROMIUM=/path/to/it")
  }
  const args = ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
  return chromium.launch({ executablePath, args })
}
