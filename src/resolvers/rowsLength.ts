/**
 * The extension of a field whose list has no length of its own to ask for: what it counts as when a request's cost is
 * told. A report seldom has more rows, and at most ten times as many.
 */
export const LENGTH = "length"

export const REPORT_LENGTH = { [LENGTH]: 200 } as const
