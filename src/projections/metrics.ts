import { counterOf, gauge, type Metric, oneOf } from "../lib/metrics.js"
import { CONSUMER_STATES } from "../log/consumerState.js"
import type { Tail } from "../tail/tail.js"
import type { Projector } from "./projector.js"
import type { StateReader } from "./stateReader.js"
import type { ViewStoreHealth } from "./viewStoreHealth.js"

/** Metrics of this process's projector. */
export function projectorMetrics(projector: Projector): Metric[] {
  return [
    gauge(
      "guildhall_projector_state",
      "1 for the state that this process's projector is in: active, standby, failed or stopped.",
      () => oneOf(CONSUMER_STATES, projector.state),
      "state",
    ),
    projector.swaps,
    counterOf(
      "guildhall_projector_frozen_aggregates_total",
      "Players and guilds that this projector froze because their events could not be applied.",
      () => projector.frozen,
    ),
    counterOf(
      "guildhall_projector_dead_letters_total",
      "Records that this projector skipped because they are not ours.",
      () => projector.deadLetters,
    ),
  ]
}

/** Metrics of the views as this process sees them: as of its last look, at most a second ago. */
export function viewsMetrics(tail: Tail, views: StateReader): Metric[] {
  return [
    gauge(
      "guildhall_views_offset",
      "The offset up to which the views have projected the log, exclusive.",
      () => views.checkpoint?.offset ?? 0,
    ),
    gauge(
      "guildhall_projection_lag_records",
      "Records that this process has read and the views do not have yet.",
      () => Math.max(0, tail.position - (views.checkpoint?.offset ?? 0)),
    ),
    gauge(
      "guildhall_projection_lag_seconds",
      "Age of the oldest record that the views do not have yet; 0 when they have all.",
      () => views.lagSeconds,
    ),
    views.calls,
  ]
}

/** Metrics of the view store, as of the last look, at most a second ago. */
export function viewStoreMetrics(probe: ViewStoreHealth): Metric[] {
  return [
    gauge(
      "guildhall_view_store_used_ratio",
      "The share of the view store's memory in use, 0 to 1; above 0.9 no command is accepted. 0 without a limit.",
      () => probe.usedShare,
    ),
  ]
}
