/** The address of the stack's Presto. Throws when there is none: a stack test is never skipped. */
export function stackPresto(): string {
  const url = process.env.PRESTO_URL
  if (url !== undefined && url !== "") return url
  throw new Error("PRESTO_URL is not set: run scripts/test --stack, or scripts/stack up and set it")
}
