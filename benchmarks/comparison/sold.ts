import type { GraphqlClient } from "../../src/client/graphqlClient.js"

interface Sold {
  readonly sales: { readonly rows: readonly { readonly purchases: number; readonly revenue: number }[] }
}

/** What was sold according to the report of sales: empty if it is so much, or else one line that says what differs. */
export async function problemsOfSold(
  client: GraphqlClient,
  purchases: number,
  revenue: number,
): Promise<string[]> {
  const { data } = await client.ask<Sold>("{ sales(by: []) { rows { purchases revenue } } }")
  const row = data?.sales.rows[0]
  const expected = `${purchases} purchases for ${revenue}`
  const found = `${row?.purchases} purchases for ${row?.revenue}`
  return found === expected ? [] : [`Guildhall: expected ${expected}, found ${found}`]
}
