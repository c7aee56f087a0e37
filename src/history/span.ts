/** A half-open span of append times, in milliseconds since 1970; null: open at that end. */
export interface Span {
  readonly from: number | null
  readonly to: number | null
}

export const ALWAYS: Span = { from: null, to: null }

/** The last millisecond that SQL literals can express. */
const TIME_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999)

/** The span as SQL can express it. Nothing is appended before 1970. */
export function spanOf(from: number | null, to: number | null): Span {
  return {
    from: from === null || from <= 0 ? null : Math.min(from, TIME_MAX),
    to: to === null || to > TIME_MAX ? null : Math.max(to, 0),
  }
}

export function isWithin({ from, to }: Span, at: number): boolean {
  return (from === null || at >= from) && (to === null || at < to)
}

export type Bucket = "MINUTE" | "HOUR" | "DAY"

/** The length of a bucket, in milliseconds: times have no leap seconds, so all UTC days are equally long. */
const BUCKET_MS: Readonly<Record<Bucket, number>> = {
  MINUTE: 60_000,
  HOUR: 3_600_000,
  DAY: 86_400_000,
}

/** When the bucket of a time begins. */
export function bucketOf(bucket: Bucket, at: number): number {
  return at - (at % BUCKET_MS[bucket])
}

/** The same in SQL, for an expression in milliseconds. */
export function bucketSql(bucket: Bucket, at: string): string {
  return `${at} - ${at} % ${BUCKET_MS[bucket]}`
}
