import { join } from "node:path"
import { expect, test } from "vitest"
import { openEnvironment } from "../../src/adapters/lmdb/environment.js"
import { startChild } from "../support/child.js"
import { realmFolder } from "./support/realmFolder.js"

test.each<[NodeJS.Signals, number]>([
  ["SIGINT", 130],
  ["SIGTERM", 143],
])("a command that reads beside a server holds nothing once %s has ended it", async (signal, code) => {
  const folder = await realmFolder()
  const writer = await openEnvironment({ folder: join(folder, "realm-0", "log"), kind: "log", format: 1 })
  const command = startChild(new URL("./readingCommand.child.ts", import.meta.url), [folder])
  await command.line(line => line === "reads")

  command.process.kill(signal)

  expect(await command.ended).toEqual({ code, signal: null })
  // Process, thread, transaction: `-` for none.
  const readers = writer.root.readerList().split("\n")
  const own = readers.filter(line => line.trim().startsWith(`${command.process.pid} `))
  expect(own.filter(line => !line.trim().endsWith("-"))).toEqual([])
  await writer.close()
})
