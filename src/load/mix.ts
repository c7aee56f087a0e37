/** What the load does; a mix gives each action a weight. */
export type LoadAction = "buySword" | "grantGold" | "foundGuild" | "joinGuild" | "leaveGuild"

export const DEFAULT_MIX = "buySword=70,grantGold=10,joinGuild=9,leaveGuild=8,foundGuild=3"

const ACTIONS: readonly LoadAction[] = ["buySword", "grantGold", "foundGuild", "joinGuild", "leaveGuild"]

/** The regions in which purchases happen. */
export const REGIONS = ["eu", "us", "asia", "africa"] as const

export type Mix = readonly { readonly action: LoadAction; readonly weight: number }[]

/** Parses `buySword=70,grantGold=10`. Throws an error that says what was expected. */
export function parseMix(text: string): Mix {
  const mix = text.split(",").map(part => {
    const [name, count] = part.split("=")
    const action = ACTIONS.find(one => one === name)
    const weight = Number(count)
    if (action === undefined || !Number.isSafeInteger(weight) || weight < 0) {
      throw new Error(
        `--mix: expected <action>=<whole number>,… with actions ${ACTIONS.join(", ")}, got «${part}»`,
      )
    }
    return { action, weight }
  })
  if (mix.every(({ weight }) => weight === 0)) throw new Error("--mix: expected a weight above 0")
  return mix
}

/** Picks an action; `at` is in [0, 1). */
export function pick(mix: Mix, at: number): LoadAction {
  const total = mix.reduce((sum, { weight }) => sum + weight, 0)
  let left = at * total
  for (const { action, weight } of mix) {
    left -= weight
    if (left < 0) return action
  }
  return "buySword"
}
