import { Closers } from "./closers.js"
import type { Comparison, Contender, OpenComparison, Turn } from "./comparison.js"
import { publish } from "./publish.js"
import type { SideTurns } from "./result.js"
import { tableOf, turnText, verdictText } from "./table.js"

/**
 * Plays all sides in turns, checks what they did, and prints and publishes the figures.
 * `section`: of the page. Returns the exit code.
 */
export function compare(section: string, open: OpenComparison, quick: boolean): Promise<number> {
  return Closers.closing(async closers => {
    const comparison = await open(quick, closers)
    const sides = await play(comparison)
    const problems: string[] = []
    for (const { verify } of comparison.contenders) problems.push(...(await verify()))
    for (const problem of problems) print(`WRONG ${problem}`)
    if (problems.length > 0) return 1
    print("verified   the final state of each side is what its answers said")
    print(quick ? verdictText(comparison.figures, sides) : tableOf(comparison.figures, sides))
    if (!quick) await publish(section, comparison, sides)
    return 0
  })
}

/** Every side has one turn in each round; another one begins each time. */
export async function play(comparison: Comparison): Promise<readonly SideTurns[]> {
  const { contenders, rounds, figures } = comparison
  const turns = new Map<Contender, Turn[]>(contenders.map(contender => [contender, []]))
  for (let round = 0; round < rounds; round++) {
    const first = round % contenders.length
    for (const contender of [...contenders.slice(first), ...contenders.slice(0, first)]) {
      const turn = await contender.turn()
      turns.get(contender)?.push(turn)
      print(`round ${round + 1}: ${contender.name}: ${turnText(figures, turn)}`)
    }
  }
  return contenders.map(contender => ({
    name: contender.name,
    role: contender.role,
    turns: turns.get(contender) ?? [],
  }))
}

function print(line: string): void {
  process.stdout.write(`${line}\n`)
}
