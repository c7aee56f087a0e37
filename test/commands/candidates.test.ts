import { expect, test } from "vitest"
import { Candidates } from "../../src/commands/candidates.js"
import { Lane } from "../../src/commands/lane.js"
import { Pending } from "../../src/commands/pending.js"
import { checkRequest } from "../../src/commands/request.js"
import { guildAggregate, playerAggregate } from "../../src/domain/aggregates.js"

const player = new Lane(playerAggregate("alice"))
const guild = new Lane(guildAggregate("knights"))

function joining(seq: number): Pending {
  const request = { name: "joinGuild", input: { playerId: "alice", guildId: "knights" } } as const
  const pending = new Pending(
    checkRequest(request, () => `k${seq}`),
    { seq, deadline: 1000, arrivalKeyTime: 0 },
  )
  for (const lane of [player, guild]) lane.enqueue(pending)
  return pending
}

test("a command at the head of several lanes comes up once, also when those before it were answered", () => {
  const queued = Array.from({ length: 20 }, (_, seq) => joining(seq))
  const candidates = new Candidates()
  for (const lane of [player, guild]) candidates.addHead(lane)

  const looked: Pending[] = []
  for (let pending = candidates.next(); pending !== null; pending = candidates.next()) {
    looked.push(pending)
    pending.done = true
    for (const lane of [player, guild]) candidates.addHead(lane)
  }

  expect(looked).toEqual(queued)
})
