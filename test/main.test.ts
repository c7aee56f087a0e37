import { spawn } from "node:child_process"
import { once } from "node:events"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url))

it("bears that nobody reads its output to the end", async () => {
  const child = spawn(process.execPath, [main, "--help"], { stdio: ["ignore", "pipe", "pipe"] })
  child.stdout.destroy()

  const [notes, [code]] = await Promise.all([text(child.stderr), once(child, "exit")])

  expect({ notes, code }).toEqual({ notes: "", code: 0 })
})
