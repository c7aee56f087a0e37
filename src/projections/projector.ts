import { histogram } from "../lib/metrics.js"
import { Consumer } from "../log/consumer.js"
import type { ConsumerOptions, ConsumerPolicy, TargetPlace } from "../log/consumerPolicy.js"
import type { Judged } from "../log/judged.js"
import type { ViewStore } from "../ports/viewStore.js"
import { checkpointText, isSameCheckpoint } from "./checkpointText.js"
import { DocumentCache } from "./documentCache.js"
import { findTarget, isLive, NO_VIEWS, type ProjectionTarget } from "./generations.js"
import { project } from "./projection.js"

/** A standby reads the checkpoint each second, and takes over when it has stood still for 5 s (R31). */
const POLICY: ConsumerPolicy = {
  name: "projector",
  makes: "the views",
  trouble: {
    line: "projector: starting again from the checkpoint, until it works",
    pauseMs: [200, 200],
  },
  lookEveryMs: 1000,
  stillMs: 5000,
  standbyAfterFault: "begins",
  sameBatchAfter: null,
  watchEveryMs: 1000,
}

/**
 * The least time between swaps, unless this many records have come: a document that changes several times meanwhile is
 * written once. Readers do not notice, as they take what the views do not have yet from the tail's buffer.
 */
const SWAP_EVERY_MS = 50
const RECORDS_MAX = 1000

/** A generation that is not live yet. */
export interface Filling {
  readonly generation: string
  /** How far it has come, exclusive; it becomes live when it reaches the live one's offset. */
  readonly offset: number
}

export interface ProjectorOptions extends ConsumerOptions {
  readonly store: ViewStore
  /** For a new generation, in milliseconds of key time; an existing one keeps its own. */
  readonly keyRetention: number
}

/** Maintains the views: folds the log into documents and swaps them in, checkpoint by checkpoint. Several may run (R31). */
export class Projector extends Consumer {
  /** Records that are not commits, found by this process since its start. */
  deadLetters = 0
  /** Aggregates that this process froze since its start. */
  frozen = 0
  readonly swaps = histogram(
    "guildhall_projector_swap_duration_seconds",
    "Writes to the view store, by outcome: won, or lost to another projector.",
    ["outcome"],
    [{ outcome: "won" }, { outcome: "lost" }],
  )
  readonly #options: ProjectorOptions
  /** As it was found, or left by a swap. */
  #target = NO_VIEWS
  /** As of the target's checkpoint; null while a swap may have changed what they must be. */
  #documents: DocumentCache | null = null
  /** A process fills a generation beside the live one only at its start: until it has found views to continue. */
  #mayFill = true
  #batch: Judged[] = []
  #swappedAt = Number.NEGATIVE_INFINITY

  constructor(options: ProjectorOptions) {
    super(options, POLICY)
    this.#options = options
  }

  /** The generation that it fills beside the live one, or null. */
  get filling(): Filling | null {
    const { generation, from, replaces } = this.#target
    return this.state !== "active" || replaces === null ? null : { generation, offset: from?.offset ?? 0 }
  }

  /** Throws what `findTarget` throws. */
  protected override async find(): Promise<TargetPlace> {
    const target = await findTarget(this.#options.store, { mayFill: this.#mayFill })
    if (target.replaces === null) this.#mayFill = false
    if (!isSameCheckpoint(target.from, this.#target.from)) this.#documents = null
    this.#target = target
    return placeOf(target)
  }

  protected override beginBatch(): void {
    this.#batch = []
  }

  protected override add(record: Judged): boolean {
    return this.#batch.push(record) >= RECORDS_MAX
  }

  protected override dueAt(): number {
    return this.#swappedAt + SWAP_EVERY_MS
  }

  protected override async swap(): Promise<TargetPlace | null> {
    const { genesis, keyRetention, store, clock, logger } = this.#options
    const { generation, from, replaces } = this.#target
    const documents = this.#documents ?? new DocumentCache(store)
    this.#documents = null
    if (!(await documents.load(this.#batch, from))) return null
    const place = { genesis, generation, from, keyRetention }
    const { to, writes, frozen } = project(this.#batch, documents, place)
    const begunAt = clock.now()
    const won = await store.swap(from, to, writes, replaces)
    this.#swappedAt = clock.now()
    this.swaps.observe({ outcome: won ? "won" : "lost" }, (this.#swappedAt - begunAt) / 1000)
    if (!won) return null
    documents.trim()
    this.frozen += frozen.length
    for (const aggregate of frozen)
      logger.error({ aggregate, before: to.offset }, "projector: frozen, see `guildhall audit`")
    for (const record of this.#batch) if (record.verdict === "dead") this.#deadLetter(record)
    const tookOver = replaces !== null && (await isLive(store, generation))
    if (tookOver) logger.info({ generation, replaces }, "projector: its generation is live now")
    // Together, and last: after an error the store may be back where it was before the swap.
    this.#target = { generation, from: to, replaces: tookOver ? null : replaces }
    this.#documents = documents
    return placeOf(this.#target)
  }

  #deadLetter({ offset, reason }: Judged): void {
    this.deadLetters += 1
    this.#options.logger.warn({ offset, reason }, "projector: dead letter, not one of our records")
  }
}

function placeOf({ from }: ProjectionTarget): TargetPlace {
  return { offset: from?.offset ?? 0, mark: from, version: from === null ? null : checkpointText(from) }
}
