/** The path of GraphQL, on the server that the page came from. */
export const GRAPHQL_PATH = "/graphql"

/** The same as a WebSocket address: `wss:` if the page came by `https:`. */
export function socketUrl({ protocol, host }: Location): string {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}${GRAPHQL_PATH}`
}
