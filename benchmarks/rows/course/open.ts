import type { Closers } from "../../comparison/closers.js"
import type { Comparison, Contender } from "../../comparison/comparison.js"
import { EventLoop } from "../../comparison/eventLoop.js"
import { choiceOf } from "../purchases/choice.js"
import { Customers } from "../purchases/customers.js"
import { openOnStack } from "../purchases/onStack.js"
import { FIGURES, LOOK, RUN } from "../purchases/open.js"
import { CourseApp } from "./courseApp.js"

/** A purchase as the course's design takes it, without any rule, and as ours does; the same 64 callers. */
export async function openCourse(quick: boolean, closers: Closers): Promise<Comparison> {
  const { players, rounds, seconds, warmUp } = quick ? LOOK : RUN
  const choose = choiceOf("uniform", players)
  const idle = await EventLoop.ofIdle(closers)
  const customers = new Customers(await openOnStack(players, `${seconds}s`, closers), choose, idle)
  await customers.turn(warmUp * 1000)
  const contenders: Contender[] = [customers.contender("ours", seconds * 1000)]
  for (const name of ["Flask, flask run", "Flask, gunicorn"] as const) {
    const app = await CourseApp.open(name, choose, closers)
    await app.turn(warmUp * 1000)
    contenders.push(app.contender(seconds * 1000))
  }
  const turnIs = `${seconds} s, 64 callers, ${players.toLocaleString("en")} players`
  return { figures: FIGURES, plotted: ["perSecond", "cost"], rounds, turnIs, contenders }
}
