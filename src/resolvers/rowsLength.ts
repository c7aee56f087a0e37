/**
 * The extension of a list field whose length clients cannot request: the length that counts in a request's
 * cost. A report seldom has more rows, and at most ten times as many.
 */
export const LENGTH = "length"

export const REPORT_LENGTH = { [LENGTH]: 200 } as const
