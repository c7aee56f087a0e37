import type { Metric } from "../lib/metrics.js"
import type { Tail } from "../tail/tail.js"
import { PROJECTOR_STATES, type Projector } from "./projector.js"
import type { StateReader } from "./stateReader.js"
import type { ViewStoreHealth } from "./viewStoreHealth.js"

/** Metrics of this process's projector. */
export function projectorMetrics(projector: Projector): Metric[] {
  const { won, lost } = projector.swaps
  return [
    {
      name: "guildhall_projector_state",
      help: "1 for the state that this process's projector is in: active, standby, failed or stopped.",
      type: "gauge",
      labelNames: ["state"],
      read: () =>
        PROJECTOR_STATES.map(state => ({ labels: { state }, value: projector.state === state ? 1 : 0 })),
    },
    {
      name: "guildhall_projector_swap_duration_seconds",
      help: "Writes to the view store, by outcome: won, or lost to another projector.",
      type: "histogram",
      labelNames: ["outcome"],
      read: () => [
        { labels: { outcome: "won" }, histogram: won },
        { labels: { outcome: "lost" }, histogram: lost },
      ],
    },
    {
      name: "guildhall_projector_frozen_aggregates_total",
      help: "Players and guilds that this projector froze because their events could not be applied.",
      type: "counter",
      read: () => projector.frozen,
    },
    {
      name: "guildhall_projector_dead_letters_total",
      help: "Records that this projector skipped because they are not ours.",
      type: "counter",
      read: () => projector.deadLetters,
    },
  ]
}

/** Metrics of the views as this process sees them: as of its last look, at most a second ago. */
export function viewsMetrics(tail: Tail, views: StateReader): Metric[] {
  const { answered, failed } = views.calls
  return [
    {
      name: "guildhall_views_offset",
      help: "The offset up to which the views have projected the log, exclusive.",
      type: "gauge",
      read: () => views.checkpoint?.offset ?? 0,
    },
    {
      name: "guildhall_projection_lag_records",
      help: "Records that this process has read and the views do not have yet.",
      type: "gauge",
      read: () => Math.max(0, tail.position - (views.checkpoint?.offset ?? 0)),
    },
    {
      name: "guildhall_projection_lag_seconds",
      help: "Age of the oldest record that the views do not have yet; 0 when they have all.",
      type: "gauge",
      read: () => views.lagSeconds,
    },
    {
      name: "guildhall_view_store_read_duration_seconds",
      help: "Read calls to the view store, by outcome; requests of one turn share a call.",
      type: "histogram",
      labelNames: ["outcome"],
      read: () => [
        { labels: { outcome: "answered" }, histogram: answered },
        { labels: { outcome: "failed" }, histogram: failed },
      ],
    },
  ]
}

/** Metrics of the view store, as of the last look, at most a second ago. */
export function viewStoreMetrics(probe: ViewStoreHealth): Metric[] {
  return [
    {
      name: "guildhall_view_store_used_ratio",
      help: "The share of the view store's memory in use, 0 to 1; above 0.9 no command is accepted. 0 without a limit.",
      type: "gauge",
      read: () => probe.usedShare,
    },
  ]
}
