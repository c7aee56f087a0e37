/** Where GraphQL is: on the server that the page came from, and nowhere else. */
export const GRAPHQL_PATH = "/graphql"

/** Of the same, for a WebSocket: `wss:` where the page came by `https:`. */
export function socketUrl({ protocol, host }: Location): string {
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}${GRAPHQL_PATH}`
}
