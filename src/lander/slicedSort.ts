/** How many rows are handled in one go, which takes a few milliseconds. Then other work gets its turn. */
export const SLICE_ROWS = 2048

/** Lets other work have its turn. */
export type Turn = () => Promise<unknown>

/**
 * The rows sorted by player; a player's rows keep their order. Gives the same as sorting all at once, which takes 0.4 s
 * for 167,000 players: here other work gets its turn between two slices.
 */
export async function rowsByPlayer(players: readonly string[], turn: Turn): Promise<number[]> {
  const rowsOf = new Map<string, number[]>()
  for (const [start, slice] of slicesOf(players)) {
    if (start > 0) await turn()
    for (const [i, player] of slice.entries()) {
      const rows = rowsOf.get(player)
      if (rows === undefined) rowsOf.set(player, [start + i])
      else rows.push(start + i)
    }
  }
  const order: number[] = []
  for (const [start, slice] of slicesOf(await sorted([...rowsOf.keys()], turn))) {
    if (start > 0) await turn()
    for (const player of slice) for (const row of rowsOf.get(player) ?? []) order.push(row)
  }
  return order
}

/** A merge sort: sorts slices, then merges neighbours. */
async function sorted(texts: readonly string[], turn: Turn): Promise<readonly string[]> {
  let runs: (readonly string[])[] = []
  for (const [start, slice] of slicesOf(texts)) {
    if (start > 0) await turn()
    runs.push(slice.toSorted())
  }
  while (runs.length > 1) {
    const merged: (readonly string[])[] = []
    for (let i = 0; i < runs.length; i += 2) merged.push(await merge(runs[i] ?? [], runs[i + 1] ?? [], turn))
    runs = merged
  }
  return runs[0] ?? []
}

async function merge(left: readonly string[], right: readonly string[], turn: Turn): Promise<string[]> {
  const merged: string[] = []
  let [l, r] = [0, 0]
  while (l < left.length || r < right.length) {
    const [one, other] = [left[l], right[r]]
    const isLeft = other === undefined || (one !== undefined && one < other)
    merged.push((isLeft ? one : other) ?? "")
    if (isLeft) l += 1
    else r += 1
    if (merged.length % SLICE_ROWS === 0) await turn()
  }
  return merged
}

function* slicesOf<T>(items: readonly T[]): Generator<readonly [start: number, slice: readonly T[]]> {
  for (let start = 0; start < items.length; start += SLICE_ROWS) {
    yield [start, items.slice(start, start + SLICE_ROWS)]
  }
}
