const PAYLOAD = "refusal { code } position replayed"
const PLAYER = "player { id gold }"
const MEMBER = "player { id gold guild { id } }"

/** The load's mutations, one document each, so that the server parses it only once. */
export const mutations = {
  registerPlayer: mutation("registerPlayer", `${PAYLOAD} ${PLAYER}`),
  grantGold: mutation("grantGold", `${PAYLOAD} ${PLAYER}`),
  buySword: mutation("buySword", `${PAYLOAD} ${PLAYER} purchase { id price sword { type } }`),
  foundGuild: mutation("foundGuild", `${PAYLOAD} ${MEMBER}`),
  joinGuild: mutation("joinGuild", `${PAYLOAD} ${MEMBER}`),
  leaveGuild: mutation("leaveGuild", `${PAYLOAD} ${MEMBER}`),
} as const

export type MutationName = keyof typeof mutations

function mutation(name: string, selection: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation Load($input: ${type}!) { answer: ${name}(input: $input) { ${selection} } }`
}

export interface MutationPayload {
  readonly refusal: { readonly code: string } | null
  readonly position: string
  readonly replayed: boolean
  readonly player: {
    readonly id: string
    readonly gold: number
    /** Selected only by mutations about guilds. */
    readonly guild?: { readonly id: string } | null
  } | null
  readonly purchase?: {
    readonly id: string
    readonly price: number
    readonly sword: { readonly type: string }
  } | null
}
