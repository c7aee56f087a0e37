import { newLander } from "../../../src/app/realm.js"
import { tableColumns } from "../../../src/lake/columns.js"
import type { Lander } from "../../../src/lander/lander.js"
import type { Genesis } from "../../../src/log/commit.js"
import type { ConsumerState } from "../../../src/log/consumerState.js"
import type { CheckpointFiles } from "../../../src/ports/checkpointFiles.js"
import type { Lake } from "../../../src/ports/lake.js"
import type { Log, LogBatch } from "../../../src/ports/log.js"
import { type Logger, SILENT } from "../../../src/ports/logger.js"
import type { ParquetWriter } from "../../../src/ports/parquet.js"
import { type FakeClock, ProcessClock } from "../../fakes/clock.js"
import type { FakeLakeServer } from "../../fakes/lake.js"
import type { FakeLogServer } from "../../fakes/logServer.js"
import { JsonCheckpointFiles, JsonParquetWriter } from "../../fakes/parquet.js"

export interface LifeOptions {
  readonly clock: FakeClock
  readonly log: FakeLogServer
  readonly lake: FakeLakeServer
  readonly genesis: Genesis
  readonly landWithinMs: number
  /** For `cut` and `heal`. */
  readonly host: string
  /** The number of this life; the names of what it creates contain it. */
  readonly name: string
  readonly isNewer: boolean
  /** Each time before it sends a call, and before it hears the answer. */
  readonly onStep: (life: Life) => void
  readonly onState: (life: Life, state: ConsumerState) => void
  readonly onLostVersion: () => void
}

/** A column that only newer builds know. */
export const NEWER_COLUMN = { name: "dragon_heads", kind: "integer" } as const

/** One life of a process that lands. */
export class Life {
  readonly name: string
  readonly host: string
  readonly clock: ProcessClock
  readonly lander: Lander
  isDead = false
  readonly #disconnect: () => void

  constructor(options: LifeOptions) {
    const { name, host, genesis, landWithinMs, isNewer, onState, onLostVersion } = options
    this.name = name
    this.host = host
    this.clock = new ProcessClock(options.clock)
    const log = options.log.connect(host, this.clock)
    const lake = options.lake.connect(host, this.clock)
    const steps = new Steps(this, options.onStep)
    let ids = 0
    const newId = () => {
      ids += 1
      return `${name}.${ids}`
    }
    const info: Logger["info"] = fields => {
      if ("state" in fields) onState(this, this.lander.state)
    }
    this.#disconnect = () => options.log.disconnect(log)
    const ports = {
      ...{ newId, clock: this.clock, logger: { ...SILENT, info } },
      log: steps.log(log),
      lake: {
        lake: steps.lake(lake, onLostVersion),
        writer: steps.writer(new JsonParquetWriter()),
        checkpoints: steps.checkpoints(new JsonCheckpointFiles()),
      },
    }
    const columns = isNewer ? [...tableColumns(), NEWER_COLUMN] : tableColumns()
    this.lander = newLander(ports, { landWithinMs }, { genesis, columns })
    void this.lander.start()
  }

  kill(): void {
    this.isDead = true
    this.clock.kill()
    this.#disconnect()
  }
}

/** Every call of a life, with a step before it is sent and one before its answer is heard. */
class Steps {
  readonly #life: Life
  readonly #onStep: (life: Life) => void

  constructor(life: Life, onStep: (life: Life) => void) {
    this.#life = life
    this.#onStep = onStep
  }

  log(log: Log): Log {
    const { heard } = this
    async function* read(from: number, signal: AbortSignal): AsyncGenerator<LogBatch, void> {
      for await (const batch of log.read(from, signal)) {
        await new Promise<void>(resolve => heard(resolve))
        if (signal.aborted) return
        yield batch
      }
    }
    return {
      append: records => log.append(records),
      bounds: () => this.#call(() => log.bounds()),
      probe: () => this.#call(() => log.probe()),
      close: () => log.close(),
      read,
    }
  }

  lake(lake: Lake, onLostVersion: () => void): Lake {
    const putIfAbsent: Lake["putIfAbsent"] = async (path, bytes) => {
      const isOurs = await this.#call(() => lake.putIfAbsent(path, bytes))
      if (!isOurs) onLostVersion()
      return isOurs
    }
    return {
      putIfAbsent,
      root: lake.root,
      write: (path, bytes) => this.#call(() => lake.write(path, bytes)),
      replace: (path, bytes) => this.#call(() => lake.replace(path, bytes)),
      read: path => this.#call(() => lake.read(path)),
      list: folder => this.#call(() => lake.list(folder)),
      delete: path => this.#call(() => lake.delete(path)),
      close: () => lake.close(),
    }
  }

  writer(writer: ParquetWriter): ParquetWriter {
    return { write: table => this.#call(() => writer.write(table)), close: () => writer.close() }
  }

  checkpoints(files: CheckpointFiles): CheckpointFiles {
    return {
      encode: actions => this.#call(() => files.encode(actions)),
      decode: bytes => this.#call(() => files.decode(bytes)),
    }
  }

  readonly heard = (act: () => void): void => {
    this.#onStep(this.#life)
    this.#life.clock.deliver(act)
  }

  #call<T>(call: () => Promise<T>): Promise<T> {
    this.#onStep(this.#life)
    return new Promise((resolve, reject) => {
      this.#life.clock.deliver(() => {
        call().then(
          value => this.heard(() => resolve(value)),
          (error: unknown) => this.heard(() => reject(error)),
        )
      })
    })
  }
}
