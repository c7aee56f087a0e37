import type { Config } from "../app/config.js"
import { type LakeEngines, openLake, openLog } from "../app/engines.js"
import { LandedReader } from "../history/landed.js"
import { type KeptSqlViews, SqlViewKeeper } from "../history/sqlViewKeeper.js"
import { using } from "../lib/using.js"
import type { EngineAnswer } from "../ports/historyEngine.js"
import { SILENT } from "../ports/logger.js"
import { EndSignals } from "./ending.js"
import { EXIT, output } from "./output.js"
import { readSettings } from "./settings.js"
import { type LandedRealm, type PrintOptions, printed } from "./sqlAnswer.js"

/** Nobody reads more rows than this; for exports there are better ways (docs/lake.md). */
export const ROWS_MAX = 100_000

/** How many rows are printed by default. */
export const ROWS_PRINTED = 1000

/** How long the log may take to say where its head is. */
const HEAD_MS = 5000

export type SqlOptions = Omit<PrintOptions, "realms">

/**
 * Runs the operator's own query over the lake's views, whether a server is running or not. It only reads.
 * Returns the exit code. Throws BAD_USER_INPUT for SQL that the engine does not accept, LIMIT_EXCEEDED for
 * more than 100,000 rows, and what reading the lake throws.
 */
export async function sql(query: string, { format, limit }: SqlOptions): Promise<number> {
  const config = readSettings()
  const lake = await openLake(config, { readOnly: true })
  const ending = new AbortController()
  const signals = new EndSignals(() => ending.abort())
  try {
    const { landed, problems } = await viewsOf(lake, ending.signal)
    for (const { name, problem } of problems) output.note(`the view ${name} was not created: ${problem}`)
    const answer = await lake.engine.query(query, { signal: ending.signal, rowsMax: ROWS_MAX })
    const realms = await withHead(config, landed.byRealm, ending.signal)
    for (const line of printed(answer, { format, limit, realms })) output.line(line)
    explain(answer, limit, realms)
    return EXIT.ok
  } finally {
    signals.forget()
    await lake.close()
  }
}

async function viewsOf(
  { lake, checkpoints, engine }: LakeEngines,
  signal: AbortSignal,
): Promise<KeptSqlViews> {
  const reader = new LandedReader({ lake, checkpoints, genesis: null })
  const kept = await new SqlViewKeeper(reader, engine).keep(signal)
  const { landed } = kept
  for (const gap of landed.gaps) output.note(gap)
  if (landed.version().files.length === 0) output.note(`the lake at ${lake.root} is empty: has a lander run?`)
  return kept
}

/** How far each realm has landed, and how much of this one has not. */
async function withHead(
  config: Config,
  byRealm: ReadonlyMap<number, number>,
  signal: AbortSignal,
): Promise<readonly LandedRealm[]> {
  const realms = new Map([[config.realm, 0], ...byRealm])
  const head = await headOf(config, signal)
  return [...realms]
    .sort(([one], [other]) => one - other)
    .map(([realm, offset]) => ({
      realm,
      offset,
      notLanded: realm === config.realm && head !== null ? Math.max(0, head - offset) : null,
    }))
}

/** Null when the log cannot be asked: the answer does not depend on it. */
async function headOf(config: Config, signal: AbortSignal): Promise<number | null> {
  const until = AbortSignal.any([signal, AbortSignal.timeout(HEAD_MS)])
  try {
    const opened = openLog(config, { logger: SILENT, readOnly: true, signal: until })
    return await using(opened, async log => (await log.bounds()).head)
  } catch {
    return null
  }
}

/** Notes for a person: as of when the answer is, and how much of it was printed. */
function explain({ rows }: EngineAnswer, limit: number, realms: readonly LandedRealm[]): void {
  if (rows.length > limit) {
    output.note(`printed the first ${limit} of ${rows.length} rows: --limit prints more`)
  }
  const texts = realms.map(({ realm, offset, notLanded }) => {
    const rest =
      notLanded === null ? "" : `; ${notLanded} ${notLanded === 1 ? "record" : "records"} not landed yet`
    return `as of offset ${offset} of realm ${realm}${rest}`
  })
  output.note(texts.join(", "))
}
