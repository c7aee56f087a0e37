import { execFile } from "node:child_process"
import { cp, rm } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import { Closers } from "../../comparison/closers.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { type FilledLog, type FilledLogSize, fillLog } from "../../comparison/filledLog.js"
import { untilStatus } from "../../comparison/untilStatus.js"

const run = promisify(execFile)

/** An embedded world with a log of some length, whose views and lake are complete, and whose server has stopped. */
export class GrownWorld {
  readonly filled: FilledLog
  readonly #kept: string
  /** A turn's own, so that no log grows from turn to turn. */
  readonly #copy: string

  private constructor(filled: FilledLog, folder: string) {
    this.filled = filled
    this.#kept = join(folder, "kept")
    this.#copy = join(folder, "copy")
  }

  static async make(size: FilledLogSize, closers: Closers): Promise<GrownWorld> {
    const { DATA_DIR: folder } = await newEmbeddedWorld(closers)
    const settings = { DATA_DIR: join(folder, "kept") }
    const filled = await fillLog(settings, size)
    await Closers.closing(own => completed(settings, filled, own))
    return new GrownWorld(filled, folder)
  }

  /** Settings of the copy. */
  get settings(): Readonly<Record<string, string>> {
    return { DATA_DIR: this.#copy, LOG_LEVEL: "warn", NODE_ENV: "production" }
  }

  /** Copies the world again. Its bytes are on the disk: a turn's syncs must not wait for them. */
  async renew(): Promise<void> {
    await rm(this.#copy, { recursive: true, force: true })
    await cp(this.#kept, this.#copy, { recursive: true, preserveTimestamps: true })
    await run("sync", ["--file-system", this.#copy])
  }
}

/** A server makes views and lake of the log, and stops. */
async function completed(
  settings: Readonly<Record<string, string>>,
  { head }: FilledLog,
  closers: Closers,
): Promise<void> {
  const server = Guildhall.start(["serve"], { ...settings, PORT: await freePort(), LAND_WITHIN: "1s" })
  closers.add(() => server.kill9())
  const client = new GraphqlClient(server.url)
  closers.add(() => client.close())
  await untilStatus(server, client, ({ projected, landed }) => projected >= head && (landed ?? 0) >= head)
  const code = await server.stop()
  if (code !== 0) throw new Error(`guildhall ended with ${code}:\n${server.output}`)
}
