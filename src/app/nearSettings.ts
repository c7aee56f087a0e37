import { distance } from "fastest-levenshtein"

/** Some people prefix every setting with the program's name, as other programs do. */
const PROGRAM = "GUILDHALL_"

/** How close a name must be to count as a typo: at most one letter in four differs. */
const LETTERS_A_SLIP = 4

/**
 * Questions about names in the environment that are almost those of settings: otherwise a typo would be
 * ignored silently. Other programs' names that share a first word with ours, such as KAFKA_PORT or
 * REDIS_SERVICE_HOST, are left alone.
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
