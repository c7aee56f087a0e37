import { GraphqlClient } from "../../../src/client/graphqlClient.js"
import { freePort, Guildhall } from "../../../test/support/guildhall.js"
import type { Closers } from "../../comparison/closers.js"
import type { Comparison, OpenComparison, Turn } from "../../comparison/comparison.js"
import { newEmbeddedWorld } from "../../comparison/embedded.js"
import { type FilledLog, type FilledLogSize, fillLog } from "../../comparison/filledLog.js"
import { problemsOfSold } from "../../comparison/sold.js"
import { spreadOf } from "../../comparison/spread.js"
import { newStackWorld } from "../../comparison/stack.js"
import { untilStatus } from "../../comparison/untilStatus.js"
import { asOfCase, growthCase, pageCase, salesCase } from "./cases.js"
import { openStraight } from "./straight.js"
import { type Sides, type TimedReport, timedReport } from "./timed.js"

/** A run that counts, and a look. */
const RUN = { players: 1000, guilds: 50, events: 1_000_000, rounds: 7, seconds: 15 }
const LOOK = { players: 100, guilds: 5, events: 3000, rounds: 2, seconds: 1 }

/** How often each report is asked for in a turn, at least. */
const ASKED_MIN = 3

/** Each report through GraphQL, and the SQL that it sends straight to the engine, over the same lake. */
export function openReports(place: "embedded" | "stack"): OpenComparison {
  return async (quick, closers): Promise<Comparison> => {
    const { rounds, seconds, ...size } = quick ? LOOK : RUN
    const world = place === "embedded" ? await newEmbeddedWorld(closers) : await newStackWorld(closers)
    const filled = await fillLog(world, size)
    const client = await serve(world, filled, closers)
    const straight = await openStraight(world, filled.head, closers)
    const reports = await timedReports({ client, ...straight }, filled)
    // The answers of both sides were equal in each turn: here they meet what was put into the log.
    const totals = { verify: () => problemsOfSold(client, filled.purchases, filled.revenue) }
    const engine = place === "embedded" ? "DuckDB" : "Presto"
    return {
      figures: reports.map(({ figure }) => figure),
      plotted: ["totals", "byAll"],
      rounds,
      turnIs: turnText(seconds, size),
      contenders: [
        { name: "Guildhall", role: "ours", turn: () => turn(reports, "throughGraphql", seconds), ...totals },
        {
          name: `the same SQL, straight to ${engine}`,
          role: "peer",
          turn: () => turn(reports, "straight", seconds),
          verify: async () => [],
        },
      ],
    }
  }
}

/** The shipped server, once everything has landed. */
async function serve(
  world: Readonly<Record<string, string>>,
  { head }: FilledLog,
  closers: Closers,
): Promise<GraphqlClient> {
  const settings = { ...world, PORT: await freePort(), LOG_LEVEL: "warn", NODE_ENV: "production" }
  const server = Guildhall.start(["serve"], { ...settings, LAND_WITHIN: "1s" })
  closers.add(() => server.kill9())
  const client = new GraphqlClient(server.url)
  closers.add(() => client.close())
  await untilStatus(server, client, ({ projected, landed }) => projected >= head && (landed ?? 0) >= head)
  return client
}

async function timedReports(sides: Sides, filled: FilledLog): Promise<TimedReport[]> {
  const { head } = filled
  const page = { first: 20, before: null, ofPlayer: false }
  const middle = { ...page, before: Math.round(head / 2) }
  // Half of a look's log has a dozen purchases of each player; a shorter part could have none.
  const ofPlayer = { ...middle, first: 100, ofPlayer: true }
  return [
    await timedReport(salesCase("totals", "sales, totals", []), sides),
    await timedReport(
      salesCase("byAll", "sales by sword, region and guild", ["SWORD", "REGION", "GUILD"]),
      sides,
    ),
    await timedReport(pageCase("newest", "the newest 20 purchases", filled, page), sides),
    await timedReport(pageCase("middle", "20 purchases in the middle", filled, middle), sides),
    await timedReport(pageCase("ofPlayer", "100 purchases of a player", filled, ofPlayer), sides),
    await timedReport(growthCase("growth", "guild growth"), sides),
    await timedReport(asOfCase("asOf", "a player as of now", Date.now()), sides),
  ]
}

/** All reports in turn, again and again; each figure is a median in milliseconds. */
async function turn(
  reports: readonly TimedReport[],
  how: "throughGraphql" | "straight",
  seconds: number,
): Promise<Turn> {
  const took = new Map<string, number[]>(reports.map(({ figure }) => [figure.name, []]))
  const until = performance.now() + seconds * 1000
  for (let asked = 0; asked < ASKED_MIN || performance.now() < until; asked++) {
    for (const report of reports) {
      const begun = performance.now()
      await report[how]()
      took.get(report.figure.name)?.push(performance.now() - begun)
    }
  }
  return Object.fromEntries([...took].map(([name, all]) => [name, spreadOf(all).median]))
}

function turnText(seconds: number, { events, players }: FilledLogSize): string {
  return `${seconds} s, ${events.toLocaleString("en")} events of ${players.toLocaleString("en")} players`
}
