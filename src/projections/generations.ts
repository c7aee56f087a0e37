import type { Checkpoint, ViewAnswer, ViewStore } from "../ports/viewStore.js"
import { generationAfter, generationName } from "./checkpointText.js"
import { otherBuild } from "./foldedTypes.js"
import { FOLD_VERSION } from "./foldVersion.js"

/** What a projector continues with. */
export interface ProjectionTarget {
  readonly generation: string
  /** Null: the generation is begun. */
  readonly from: Checkpoint | null
  /** The live generation, which this one will replace; null: it is the live one itself. */
  readonly replaces: string | null
}

const NOTHING = { documents: [], keys: [] }

/** The target when there are no views yet. */
export const NO_VIEWS: ProjectionTarget = {
  generation: generationName(FOLD_VERSION, 1),
  from: null,
  replaces: null,
}

export async function isLive(store: ViewStore, generation: string): Promise<boolean> {
  const { checkpoint } = await store.read(FOLD_VERSION, NOTHING)
  return checkpoint?.generation === generation
}

/**
 * The live generation, or the first one when there is none. If an older build froze aggregates of the live one at events
 * that this build knows, and with `mayFill`: the next one that this build can continue, to be filled beside it (R33).
 * Throws NEEDS_NEWER_BUILD or VIEWS_UNAVAILABLE when this build can continue none.
 */
export async function findTarget(
  store: ViewStore,
  { mayFill }: { readonly mayFill: boolean },
): Promise<ProjectionTarget> {
  const { checkpoint: live } = await store.read(FOLD_VERSION, NOTHING)
  if (live === null) return NO_VIEWS
  let problem = otherBuild(live)
  if (problem === null) return { generation: live.generation, from: live, replaces: null }
  let generation = live.generation
  while (mayFill && problem.code !== "NEEDS_NEWER_BUILD") {
    generation = generationAfter(generation)
    const { checkpoint: from }: ViewAnswer = await store.read(generation, NOTHING)
    problem = from === null ? null : otherBuild(from)
    if (problem === null) return { generation, from, replaces: live.generation }
  }
  throw problem
}
