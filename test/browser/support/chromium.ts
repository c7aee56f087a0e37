import { existsSync } from "node:fs"
import { type Browser, chromium } from "playwright-core"

/** Where it is installed: on Debian, on other systems, on macOS. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
]

/**
 * Starts a headless browser that can reach only this machine, also by the names given. Throws if there is no
 * browser to start.
 */
export async function startChromium(names: readonly string[] = []): Promise<Browser> {
  const executablePath = process.env.CHROMIUM ?? PLACES.find(place => existsSync(place))
  if (executablePath === undefined) {
    throw new Error("Chromium is missing: `apt-get install chromium`, or set CHROMIUM=/path/to/it")
  }
  const rules = [...names.map(name => `MAP ${name} 127.0.0.1`), "MAP * ~NOTFOUND", "EXCLUDE 127.0.0.1"]
  const args = [`--host-resolver-rules=${rules.join(", ")}`]
  return chromium.launch({ executablePath, args })
}
