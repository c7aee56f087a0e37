const PAYLOAD = "refusal { code } position replayed player { id }"

/** The mutations of the load, each one document, so that the server parses it once. */
export const mutations = {
  registerPlayer: mutation("registerPlayer", PAYLOAD),
  grantGold: mutation("grantGold", PAYLOAD),
  buySword: mutation("buySword", `${PAYLOAD} purchase { id price sword { type } }`),
  foundGuild: mutation("foundGuild", PAYLOAD),
  joinGuild: mutation("joinGuild", PAYLOAD),
  leaveGuild: mutation("leaveGuild", PAYLOAD),
} as const

export type MutationName = keyof typeof mutations

function mutation(name: string, selection: string): string {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input`
  return `mutation Load($input: ${type}!) { answer: ${name}(input: $input) { ${selection} } }`
}

export interface Payload {
  readonly refusal: { readonly code: string } | null
  readonly position: string
  readonly replayed: boolean
  readonly player: { readonly id: string } | null
  readonly purchase?: {
    readonly id: string
    readonly price: number
    readonly sword: { readonly type: string }
  } | null
}
