import { expect, test } from "vitest"
import { AggregateQueue } from "../../src/commands/aggregateQueue.js"
import { PendingCommand } from "../../src/commands/pendingCommand.js"
import { ReadyQueue } from "../../src/commands/readyQueue.js"
import { checkRequest } from "../../src/commands/request.js"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"
import { finish } from "./support/pendings.js"

const player = new AggregateQueue(playerAggregate("alice"))
const guild = new AggregateQueue(guildAggregate("knights"))

function joining(seq: number): PendingCommand {
  const request = { name: "joinGuild", input: { playerId: "alice", guildId: "knights" } } as const
  const pending = new PendingCommand(
    checkRequest(request, () => `k${seq}`),
    { seq, deadline: 1000, arrivalKeyTime: 0 },
  )
  for (const queue of [player, guild]) queue.enqueue(pending)
  return pending
}

test("a command at the head of several queues comes up once, even if those before it were answered", () => {
  const queued = Array.from({ length: 20 }, (_, seq) => joining(seq))
  const ready = new ReadyQueue()
  for (const queue of [player, guild]) ready.addHead(queue)

  const looked: PendingCommand[] = []
  for (let pending = ready.next(); pending !== null; pending = ready.next()) {
    looked.push(pending)
    finish(pending)
    for (const queue of [player, guild]) ready.addHead(queue)
  }

  expect(looked).toEqual(queued)
})
