import { randomBytes } from "node:crypto"
import { freshFolder, openTestLake, stackHdfs, webhdfs } from "./hdfs.js"
import { askPresto, stackPresto } from "./presto.js"

/** What was bought of one sword. */
export interface Sold {
  readonly sword: string
  readonly purchases: number
  readonly revenue: number
}

/** What a realm's events sum up to. */
export interface Sums {
  /** By sword, in the order of their names. */
  readonly sold: readonly Sold[]
  readonly joins: number
  readonly granted: number
}

/** A lake and a Presto schema of one test's own on the stack, looked at with nothing of ours between Presto and the test. */
export class OwnLake {
  readonly #folder = freshFolder()
  readonly #schema = `test_${randomBytes(8).toString("hex")}`

  /** For every process of the realm. */
  get settings(): Readonly<Record<string, string>> {
    const { url, hdfsUrl } = stackHdfs()
    return {
      WEBHDFS_URL: url,
      HDFS_URL: hdfsUrl,
      LAKE_FOLDER: this.#folder,
      PRESTO_URL: stackPresto(),
      PRESTO_SCHEMA: this.#schema,
    }
  }

  /** Over the table, by its path. */
  async sumsOfTable(): Promise<Sums> {
    const table = `delta."$path$"."${stackHdfs().hdfsUrl}${this.#folder}/events"`
    const of = (type: string) => `FROM ${table} WHERE type = '${type}'`
    return sums(of("SwordBought"), of("GuildJoined"), of("GoldGranted"))
  }

  /** Over the views in the metastore, which a lander keeps. */
  async sumsOfViews(): Promise<Sums> {
    const of = (view: string) => `FROM hive.${this.#schema}.${view}`
    return sums(of("sword_purchases"), of("guild_joins"), of("gold_grants"))
  }

  /** Who made the commits of the table, one after the other: of each lander the id that its commits carry. */
  async landers(): Promise<string[]> {
    const lake = openTestLake({ folder: this.#folder })
    try {
      const log = "events/_delta_log"
      const names = (await lake.list(log)).map(({ name }) => name).filter(name => name.endsWith(".json"))
      const by: string[] = []
      for (const name of names.sort()) {
        const text = Buffer.from((await lake.read(`${log}/${name}`)) ?? []).toString()
        const [, uuid = `nobody in ${name}`] = /"uuid":"([^"]+)"/.exec(text) ?? []
        if (by.at(-1) !== uuid) by.push(uuid)
      }
      return by
    } finally {
      await lake.close()
    }
  }

  async remove(): Promise<void> {
    const views = await askPresto(
      `SELECT table_name FROM hive.information_schema.tables WHERE table_schema = '${this.#schema}'`,
    )
    for (const [view] of views) await askPresto(`DROP VIEW hive.${this.#schema}.${view}`)
    await askPresto(`DROP SCHEMA IF EXISTS hive.${this.#schema}`)
    await webhdfs(stackHdfs(), "DELETE", this.#folder, "op=DELETE&recursive=true")
  }
}

async function sums(bought: string, joined: string, granted: string): Promise<Sums> {
  const sold = await askPresto(`SELECT sword_type, count(*), sum(price) ${bought} GROUP BY 1 ORDER BY 1`)
  const [[joins] = []] = await askPresto(`SELECT count(*) ${joined}`)
  const [[amount] = []] = await askPresto(`SELECT sum(amount) ${granted}`)
  return {
    sold: sold.map(([sword, purchases, revenue]) => {
      return { sword: String(sword), purchases: Number(purchases), revenue: Number(revenue) }
    }),
    joins: Number(joins),
    granted: Number(amount),
  }
}
