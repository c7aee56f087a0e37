import { Past, type PastOptions } from "./past.js"

/** A landed past in which alice and bob were registered, and alice bought a dagger and a katana. */
export async function twoSwords(options: PastOptions): Promise<Past> {
  const past = await Past.open(options)
  for (const playerId of ["alice", "bob"])
    past.does("registerPlayer", { playerId, name: playerId, region: "eu" })
  for (const swordType of ["dagger", "katana"])
    past.does("buySword", { playerId: "alice", swordType, region: null })
  await past.land()
  return past
}

/** Alice buys once more, and it lands. */
export async function buysMore(past: Past): Promise<void> {
  past.does("buySword", { playerId: "alice", swordType: "dagger", region: null })
  await past.land()
}
