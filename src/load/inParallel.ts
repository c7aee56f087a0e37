/** Processes all items, at most `concurrency` at a time. Throws the first error. */
export async function inParallel<T>(
  items: readonly T[],
  concurrency: number,
  each: (item: T, index: number) => Promise<unknown>,
): Promise<void> {
  const rest = items.entries()
  const worker = async () => {
    for (const [index, item] of rest) await each(item, index)
  }
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, worker))
}
