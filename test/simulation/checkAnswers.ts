import type { CheckedCommand } from "../../src/commands/request.js"
import type { Aggregate } from "../../src/domain/aggregates.js"
import type { State } from "../../src/domain/states.js"
import { eventId } from "../../src/log/effect.js"
import { nothingHappened } from "../../src/ports/faults.js"
import type { Violation } from "./check.js"
import { canonical, groupBy, StatesAt, same, understood } from "./decisions.js"
import type { Answer, Attempt, History, Query } from "./history.js"
import type { Model, ModelCommand } from "./model.js"

/** Compares the answers that clients got with the log. */
export function checkAnswers(model: Model, history: History): Violation[] {
  return [
    ...history.attempts.flatMap(attempt => checkAttempt(model, history, attempt)),
    ...falseNoes(model, history),
    ...firstAnswers(history),
    ...history.queries.flatMap(query => checkQuery(model, query)),
  ]
}

type AnswerOf<K extends Answer["kind"]> = Extract<Answer, { readonly kind: K }>

function checkAttempt(model: Model, history: History, attempt: Attempt): Violation[] {
  const { answer } = attempt
  const command = understood(attempt.request)
  if (answer?.kind === "done") return checkDone(model, history, attempt, command, answer)
  if (answer?.kind === "refused") return checkRefusal(model, attempt, command, answer)
  if (answer?.code === "REQUEST_EXPIRED") return checkExpiry(model, history, attempt, answer)
  if (answer?.code === "IDEMPOTENCY_KEY_REUSED") return checkReuse(model, command, answer)
  if (answer?.code === "NEEDS_NEWER_BUILD") return checkFrozen(model, command, answer)
  return []
}

/** I1, I2: acknowledged is effective, with exactly these events, however often it is asked. */
function checkDone(
  model: Model,
  { senders }: History,
  { process }: Attempt,
  { id, digest, aggregates }: CheckedCommand,
  answer: AnswerOf<"done">,
): Violation[] {
  const wrong = (message: string): Violation[] => [{ rule: "false yes", message: `${id}: ${message}` }]
  const happened = model.commands.get(id) ?? []
  const command = happened.find(({ offset }) => offset + 1 === answer.position)
  if (command === undefined) {
    const places = happened.map(({ offset }) => offset).join(", ") || "nowhere"
    return wrong(`answered as done at ${answer.position - 1}, happened at ${places}`)
  }
  if (command.digest !== digest) return wrong(`answered with what another input did`)
  const expected = answerFor(command)
  const got = answer.events.map(({ id, at, event: { type, v, data } }) => ({ id, at, type, v, data }))
  if (!same(got, expected)) return wrong(`answered ${canonical(got)}, the log has ${canonical(expected)}`)
  const sender = senders.get(command.commit.id)?.process
  if (!answer.replayed && sender !== process)
    return wrong(`answered as done by ${process}, done by ${sender}`)
  const latest = answer.replayed ? answer.headAtAnswer : answer.position
  return checkStates(model, id, answer.states, { aggregates, from: answer.position, to: latest })
}

function answerFor({ offset, at, firstIndex, events }: ModelCommand) {
  return events.map(({ type, v, data }, i) => ({ id: eventId(offset, firstIndex + i), at, type, v, data }))
}

/** R23: at the position in the answer, after the command came, the true state refuses with the same message. */
function checkRefusal(
  model: Model,
  { headAtArrival }: Attempt,
  command: CheckedCommand,
  { refusal, position, headAtAnswer, states }: AnswerOf<"refused">,
): Violation[] {
  const wrong = (message: string): Violation[] => {
    return [{ rule: "wrong refusal", message: `${command.id}: ${refusal.code}, but ${message}` }]
  }
  if (position < headAtArrival || position > headAtAnswer) {
    return wrong(`as of ${position}, not between arrival ${headAtArrival} and answer ${headAtAnswer}`)
  }
  if (command.aggregates.some(aggregate => model.at(aggregate, position).frozen !== undefined)) {
    return wrong("it was frozen")
  }
  if (model.happened(command.id, position)) return wrong(`the command had happened before ${position}`)
  const decision = new StatesAt(model, position).decide(command)
  if (!("refusal" in decision && same(decision.refusal, refusal))) {
    return wrong(`at ${position} it is ${canonical(decision)}, answered "${refusal.message}"`)
  }
  return checkStates(model, command.id, states, {
    aggregates: command.aggregates,
    from: position,
    to: position,
  })
}

/** R22: not before key time has moved half of the retention past what the process knew at its arrival. */
function checkExpiry(
  model: Model,
  { keyRetention }: History,
  { request, tailAtArrival }: Attempt,
  { headAtAnswer }: Answer,
): Violation[] {
  const moved = model.keyTime(headAtAnswer) - model.keyTime(tailAtArrival)
  if (moved > keyRetention / 2) return []
  const message = `${understood(request).id}: expired after ${moved} of ${keyRetention / 2} ms of key time`
  return [{ rule: "wrong expiry", message }]
}

function checkReuse(model: Model, { id, digest }: CheckedCommand, { headAtAnswer }: Answer): Violation[] {
  const commands = model.commands.get(id) ?? []
  const reused = commands.some(command => command.digest !== digest && command.offset < headAtAnswer)
  if (reused) return []
  return [{ rule: "false no", message: `${id}: answered as used for another input, which did not happen` }]
}

/** R14: only what holds an event of a newer build. */
function checkFrozen(
  model: Model,
  { id, aggregates }: CheckedCommand,
  { headAtAnswer }: Answer,
): Violation[] {
  if (aggregates.some(aggregate => model.at(aggregate, headAtAnswer).frozen !== undefined)) return []
  return [{ rule: "false no", message: `${id}: answered as frozen, which it is not` }]
}

/**
 * An attempt that was answered with a no has done nothing: an effective command was put into its commit for an attempt
 * that was open then, and not all of these were answered with a no.
 */
function falseNoes(model: Model, { attempts, senders }: History): Violation[] {
  const byCommand = groupBy(attempts, ({ request }) => understood(request).id)
  return [...model.commands.values()].flat().flatMap(({ id, digest, offset, commit }): Violation[] => {
    const sent = senders.get(commit.id)
    if (sent === undefined) return [{ rule: "false yes", message: `${id}@${offset}: sent by nobody` }]
    const open = (byCommand.get(id) ?? []).filter(attempt => {
      const answeredAt = attempt.answer?.answeredAt ?? Number.POSITIVE_INFINITY
      const itsOwn = attempt.process === sent.process && understood(attempt.request).digest === digest
      return itsOwn && attempt.arrivedAt <= sent.at && sent.at <= answeredAt
    })
    if (open.some(({ answer }) => answer?.kind !== "fault" || !nothingHappened.has(answer.code))) return []
    const codes = open.map(({ answer }) => (answer?.kind === "fault" ? answer.code : "")).join(", ")
    const message = `${id} happened at ${offset}, ${sent.process} answered ${codes || "before it was sent"}`
    return [{ rule: "false no", message }]
  })
}

/** Only one answer is the first; all others say that they are replayed. */
function firstAnswers({ attempts }: History): Violation[] {
  const firsts = attempts.filter(({ answer }) => answer?.kind === "done" && !answer.replayed)
  const byCommand = groupBy(firsts, ({ request }) => understood(request).id)
  return [...byCommand].flatMap(([id, each]) => {
    if (each.length < 2) return []
    return [
      { rule: "doubled command" as const, message: `${id}: ${each.length} answers not marked as replayed` },
    ]
  })
}

interface Range {
  readonly aggregates: readonly Aggregate[]
  readonly from: number
  /** Inclusive. */
  readonly to: number
}

/** All states of an answer are as of one position within a range. */
function checkStates(
  model: Model,
  what: string,
  states: ReadonlyMap<Aggregate, State>,
  { aggregates, from, to }: Range,
): Violation[] {
  for (let position = to; position >= from; position--) {
    const fits = (aggregate: Aggregate) => {
      return same(model.at(aggregate, position).state, states.get(aggregate))
    }
    if (aggregates.every(fits)) return []
  }
  const message = `${what}: answered ${canonical([...states])}, never true between ${from} and ${to}`
  return [{ rule: "wrong state", message }]
}

/** R26: a process's queries are as of its tail, and see every mutation that it has answered. */
function checkQuery(model: Model, { process, answeredBefore, position, states }: Query): Violation[] {
  if (position < answeredBefore) {
    const message = `${process}: a query as of ${position}, after an answer of ${answeredBefore}`
    return [{ rule: "wrong state", message }]
  }
  const aggregates = [...states.keys()]
  return checkStates(model, `query of ${process}`, states, { aggregates, from: position, to: position })
}
