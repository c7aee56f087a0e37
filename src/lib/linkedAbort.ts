/**
 * A signal that is aborted with any of these, and by `end`, after which they hold nothing of it: its owner calls `end`
 * in any case. Rejected: AbortSignal.any, as a signal that lives long retains something of each derived one (Node.js 20).
 */
export function linkedAbort(...signals: readonly AbortSignal[]): {
  readonly signal: AbortSignal
  readonly end: () => void
} {
  const own = new AbortController()
  const end = () => {
    for (const signal of signals) signal.removeEventListener("abort", end)
    own.abort()
  }
  for (const signal of signals) signal.addEventListener("abort", end)
  if (signals.some(({ aborted }) => aborted)) end()
  return { signal: own.signal, end }
}
