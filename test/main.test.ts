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

it("fails in one line when what it prints cannot be written", async () => {
  const child = spawn("sh", ["-c", 'exec "$0" "$1" --help >/dev/full', process.execPath, main])

  const [notes, [code]] = await Promise.all([text(child.stderr), once(child, "exit")])

  expect({ notes, code }).toEqual({
    notes: "standard output cannot be written: the disk is full (ENOSPC: no space left on device, write)\n",
    code: 1,
  })
})

it("bears that nothing can be written at all", async () => {
  const child = spawn("sh", ["-c", 'exec "$0" "$1" --help >/dev/full 2>/dev/full', process.execPath, main])

  expect(await once(child, "exit")).toEqual([1, null])
})
