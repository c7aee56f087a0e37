import { readFile } from "node:fs/promises"
import pg from "pg"
import { connectionTo } from "./postgres.js"

/** Connections for 64 callers; more only wait for each other on two cores. */
const CONNECTIONS = 16

/** https://www.postgresql.org/docs/15/errcodes-appendix.html */
const UNIQUE_VIOLATION = "23505"

/**
 * One statement, hence one transaction and one round trip: it takes the gold if there is enough, and records
 * the purchase and the sword. No row: the key was used, or the gold is not there.
 */
const BUY = `
  WITH paid AS (
    UPDATE players SET gold = gold - $4
    WHERE id = $1 AND gold >= $4 AND NOT EXISTS (SELECT FROM purchases WHERE player = $1 AND key = $3)
    RETURNING gold, region
  ), bought AS (
    INSERT INTO purchases (player, key, sword, price, region) SELECT $1, $3, $2, $4, region FROM paid
    RETURNING id
  ), owned AS (
    INSERT INTO inventory (player, sword, count) SELECT $1, $2, 1 FROM bought
    ON CONFLICT (player, sword) DO UPDATE SET count = inventory.count + 1
  )
  SELECT bought.id, paid.gold FROM paid, bought`

const EARLIER = `
  SELECT purchases.id, purchases.price, players.gold
  FROM players LEFT JOIN purchases ON purchases.player = players.id AND purchases.key = $2
  WHERE players.id = $1`

export interface Bought {
  /** Null if it was refused. */
  readonly id: string | null
  readonly gold: number
  readonly price: number
  readonly replayed: boolean
  readonly refusal: "PLAYER_NOT_FOUND" | "NOT_ENOUGH_GOLD" | null
}

/** Purchases in PostgreSQL. */
export class SqlShop {
  readonly #pool: pg.Pool

  constructor(folder: string) {
    this.#pool = new pg.Pool({ ...connectionTo(folder), max: CONNECTIONS })
    // A connection that breaks while it is idle is replaced.
    this.#pool.on("error", () => {})
  }

  /** One purchase for each key. Throws what PostgreSQL says when it fails. */
  async buy(player: string, sword: string, price: number, key: string): Promise<Bought> {
    try {
      const { rows } = await this.#pool.query({
        name: "buy",
        text: BUY,
        values: [player, sword, key, price],
      })
      const [row] = rows
      if (row) return { id: row.id, gold: Number(row.gold), price, replayed: false, refusal: null }
    } catch (error) {
      // The same key at the same moment: the other one has bought.
      if (!(error instanceof pg.DatabaseError && error.code === UNIQUE_VIOLATION)) throw error
    }
    return this.#earlier(player, key, price)
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #earlier(player: string, key: string, price: number): Promise<Bought> {
    const { rows } = await this.#pool.query({ name: "earlier", text: EARLIER, values: [player, key] })
    const [row] = rows
    if (!row) return { id: null, gold: 0, price, replayed: false, refusal: "PLAYER_NOT_FOUND" }
    const gold = Number(row.gold)
    if (row.id === null) return { id: null, gold, price, replayed: false, refusal: "NOT_ENOUGH_GOLD" }
    return { id: row.id, gold, price: Number(row.price), replayed: true, refusal: null }
  }
}

/** Makes the tables, with so many players who have all the gold they need. */
export async function makeShop(client: pg.Client, players: number, gold: number): Promise<void> {
  await client.query(await readFile(new URL("schema.sql", import.meta.url), "utf8"))
  await client.query(
    "INSERT INTO players SELECT 'p' || n, 'Bench', 'eu', $2 FROM generate_series(0, $1 - 1) AS n",
    [players, gold],
  )
  await client.query("VACUUM ANALYZE")
}
