import { mkdir, readFile, writeFile } from "node:fs/promises"
import { loadavg } from "node:os"
import { fileURLToPath } from "node:url"
import { openOurs } from "./ourSide.js"
import { endServer, forkServer, openPeer, urlOf } from "./peerSide.js"
import { plotOf } from "./plot.js"
import { processorTime } from "./processes.js"
import { Customers, type Turn } from "./purchases.js"
import type { SideTurns } from "./result.js"
import type { Side } from "./side.js"
import { tableOf, verdictText, withSection } from "./table.js"

/** A run that counts, and a look, which changes no page. */
const RUN = { players: 10_000, rounds: 7, seconds: 15, warmUp: 5 }
const LOOK = { players: 200, rounds: 2, seconds: 2, warmUp: 1 }

const SECTION = "purchases embedded"
const PAGE = fileURLToPath(new URL("../../docs/benchmarks.md", import.meta.url))
const PLOTS = fileURLToPath(new URL("../../docs/plots/", import.meta.url))

type Scale = typeof RUN

interface Compared {
  readonly side: Side
  readonly role: SideTurns["role"]
  readonly customers: Customers
  readonly turns: Turn[]
}

/** Ours, two peers on PostgreSQL, and our edge alone, in turns. Returns the exit code. */
export async function comparePurchases(quick: boolean): Promise<number> {
  const scale = quick ? LOOK : RUN
  const all: Compared[] = []
  const add = (side: Side, role: Compared["role"]) => {
    all.push({ side, role, customers: new Customers(side, scale.players), turns: [] })
  }
  try {
    add(await openOurs(scale.players, `${scale.seconds}s`), "ours")
    add(await openPeer("Apollo, Fastify, PostgreSQL", "apolloFastify.ts", scale.players), "peer")
    add(await openPeer("our edge, PostgreSQL", "ownEdge.ts", scale.players), "peer")
    add(await openStub(), "limit")
    await play(all, scale)
    const problems: string[] = []
    for (const { side, customers } of all) problems.push(...(await side.verify(customers.bought)))
    for (const problem of problems) print(`WRONG ${problem}`)
    if (problems.length > 0) return 1
    print("verified   each side sold what it acknowledged, once; the audit of ours is clean")
    const sides = all.map(({ side, role, turns }) => ({ name: side.name, role, turns }))
    print(quick ? verdictText(sides) : tableOf(sides))
    if (!quick) await publish(sides, scale)
    return 0
  } finally {
    await Promise.allSettled(all.map(({ side }) => side.close()))
  }
}

async function play(all: readonly Compared[], { rounds, seconds, warmUp }: Scale): Promise<void> {
  for (const { customers } of all) await customers.turn(warmUp * 1000)
  for (let round = 0; round < rounds; round++) {
    // Another one begins each round.
    const order = [...all.slice(round % all.length), ...all.slice(0, round % all.length)]
    for (const { side, customers, turns } of order) {
      const turn = await customers.turn(seconds * 1000)
      turns.push(turn)
      print(`round ${round + 1}: ${side.name}: ${textOf(turn)}`)
    }
  }
}

/** The shipped edge over commands that answer a constant of the same shape: the most that ours could reach. */
async function openStub(): Promise<Side> {
  const child = forkServer("../http/server.ts")
  return {
    name: "our edge, a constant",
    url: await urlOf(child),
    prefix: "p",
    cost: () => processorTime([child.pid ?? 0]),
    upkeep: async () => {},
    settle: async () => {},
    verify: async () => [],
    close: () => endServer(child),
  }
}

async function publish(sides: readonly SideTurns[], { rounds, seconds, players }: Scale): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  const load = (loadavg()[0] ?? 0).toFixed(1)
  const how = `${rounds} rounds of ${seconds} s, ${players} players, on ${day}; the machine's load at the end: ${load}.`
  await mkdir(PLOTS, { recursive: true })
  const name = SECTION.replace(" ", "-")
  await writeFile(`${PLOTS}${name}.svg`, plotOf(sides, how))
  const content = `${tableOf(sides)}\n\n${how}\n\n![Rate and cost of each side](plots/${name}.svg)`
  await writeFile(PAGE, withSection(await readFile(PAGE, "utf8"), SECTION, content))
}

function textOf({ perSecond, p50, p99, cost }: Turn): string {
  return `${Math.round(perSecond)}/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, ${Math.round(cost)} us`
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
