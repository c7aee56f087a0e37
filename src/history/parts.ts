import type { Landed, LandedReader } from "./landed.js"
import type { LandedEvents } from "./landedEvents.js"
import type { LiveRecords } from "./live.js"

/** What the reports are made from. */
export interface HistoryParts {
  readonly reader: LandedReader
  readonly events: LandedEvents
  readonly live: LiveRecords
}

/** Which part of an answer comes from where: the lake holds [0, landed), this process [landed, end). */
export interface Cut {
  readonly landedThrough: number
  /** The end, exclusive: what lies before it in the log counts, and nothing after. */
  readonly through: number
  /** Whether everything up to this process's tail is included. */
  readonly live: boolean
}

/** The cut of an answer that begins when the tail is at `end`, with what has not landed (`joined`) or without. */
export function cutOf({ offset: landed }: Landed, end: number, joined: boolean): Cut {
  return {
    landedThrough: landed,
    through: joined ? Math.max(landed, end) : landed,
    live: joined || landed >= end,
  }
}

/** Compares by code units: any order would do, and this one is the same everywhere. Null comes first. */
export function compare<T extends string | number>(one: T | null, other: T | null): number {
  if (one === other) return 0
  if (one === null || other === null) return one === null ? -1 : 1
  return one < other ? -1 : 1
}
