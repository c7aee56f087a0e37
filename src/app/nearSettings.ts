import { distance } from "fastest-levenshtein"

/** Some name every setting after the program, as other programs do. */
const PROGRAM = "GUILDHALL_"

/** A name this much off is taken for a slip: one letter in four. */
const LETTERS_A_SLIP = 4

/**
 * What to ask about names in the environment that are almost those of settings: a slip would otherwise be ignored in
 * silence. Names of others that share a first word with ours, such as KAFKA_PORT or REDIS_SERVICE_HOST, are left alone.
 */
export function nearSettings(given: readonly string[], known: readonly string[]): string[] {
  const names = new Set(known)
  const doubts: string[] = []
  for (const name of given) {
    const meant = names.has(name) ? null : nearest(name.toUpperCase(), known)
    if (meant !== null && !given.includes(meant))
      doubts.push(`${name} is not a setting: did you mean ${meant}?`)
  }
  return doubts
}

function nearest(name: string, known: readonly string[]): string | null {
  const bare = name.startsWith(PROGRAM) ? name.slice(PROGRAM.length) : name
  const [best] = known
    .map(one => ({ one, off: distance(bare, one) }))
    .filter(({ one, off }) => off <= Math.floor(one.length / LETTERS_A_SLIP))
    .sort((a, b) => a.off - b.off)
  return best?.one ?? null
}
