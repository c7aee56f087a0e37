/** Uses what was opened, and closes it afterwards. */
export async function using<P extends { close(): Promise<unknown> }, T>(
  opened: Promise<P>,
  use: (part: P) => Promise<T>,
): Promise<T> {
  const part = await opened
  try {
    return await use(part)
  } finally {
    await part.close()
  }
}
