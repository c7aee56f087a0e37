import type { Metric } from "../lib/metrics.js"
import { PROJECTOR_STATES, type Projector } from "./projector.js"

/** What operators are told of this process's projector. */
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
      help: "Records that this projector skipped because they are none of ours.",
      type: "counter",
      read: () => projector.deadLetters,
    },
  ]
}
