import { UserError } from "../../lib/userError.js"
import { openClients } from "../clients.js"
import { runLoad } from "../run.js"
import { Stop } from "../stop.js"
import type { FromGenerator, GeneratorTask, ToGenerator } from "./messages.js"

// One generator process: it runs its part of a load as a process alone would, and sends the result. The
// signals of a terminal reach the whole group of processes: the parent gets them too, and passes them on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {})
// The parent is gone: nobody waits for the result.
process.on("disconnect", () => process.exit(1))

const stop = new Stop()
let begin = () => {}
const begun = new Promise<void>(resolve => {
  begin = resolve
})
process.on("message", (message: ToGenerator) => {
  // After a bug, Node.js prints its stack and ends the process.
  if (message.kind === "task") void run(message.task).then(() => process.exit())
  else if (message.kind === "stop") stop.stop()
  else begin()
})

async function run({ urls, options }: GeneratorTask): Promise<void> {
  const clients = openClients(urls, options)
  const whenReady = async () => {
    await send({ kind: "ready" })
    await begun
  }
  const progress = {
    update: (done: number, total: number) => void send({ kind: "progress", done, total }),
    end() {},
  }
  try {
    const result = await runLoad(options, { clients, stop, progress, whenReady })
    await send({ kind: "result", result })
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    await send({ kind: "failed", reason: error.message })
  } finally {
    await clients.close()
  }
}

/** Resolves once it is written; a parent that is gone needs none. */
function send(message: FromGenerator): Promise<void> {
  return new Promise(resolve => {
    if (!process.connected) resolve()
    else process.send?.(message, () => resolve())
  })
}
