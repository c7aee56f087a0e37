/** What the load does; a mix gives each action a weight. */
const ACTIONS = [
  "buySword",
  "sellSword",
  "grantGold",
  "fightMonster",
  "rest",
  "gift",
  "offerTrade",
  "acceptTrade",
  "withdrawTrade",
  "foundGuild",
  "joinGuild",
  "leaveGuild",
] as const
export type LoadAction = (typeof ACTIONS)[number]

export const DEFAULT_MIX =
  "buySword=45,grantGold=8,sellSword=7,fightMonster=7,rest=4,gift=6,offerTrade=5,acceptTrade=4,withdrawTrade=1," +
  "joinGuild=6,leaveGuild=5,foundGuild=2"

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
