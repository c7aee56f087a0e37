import fc from "fast-check"
import { expect, test } from "vitest"
import { AggregateQueue } from "../../src/commands/aggregateQueue.js"
import { ReadyQueue } from "../../src/commands/readyQueue.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { register } from "../domain/support/requests.js"
import { runs } from "../support/runs.js"
import { finish, makePending } from "./support/pendings.js"

/** The seqs of the commands in each queue, in order of arrival. */
const queues = fc
  .array(fc.uniqueArray(fc.nat(100_000), { maxLength: 6 }), { maxLength: 30 })
  .map(queues => queues.map(seqs => [...seqs].sort((a, b) => a - b)))

test("the head that arrived first comes first, also among those added meanwhile", () => {
  fc.assert(
    fc.property(queues, seqs => {
      const queues = seqs.map(laneOf)
      const ready = new ReadyQueue()
      for (const queue of queues) ready.addHead(queue)

      const given: number[] = []
      for (let next = ready.next(); next !== null; next = ready.next()) {
        given.push(next.seq)
        finish(next)
        for (const queue of queues) ready.addHead(queue)
      }

      expect(given).toEqual(seqs.flat().sort((a, b) => a - b))
    }),
    runs(200),
  )
})

test("the rest is the queues whose heads were not taken", () => {
  const queues = [[3], [1], [2], []].map(laneOf)
  const ready = new ReadyQueue()
  for (const queue of queues) ready.addHead(queue)

  ready.next()

  expect(ready.rest().map(queue => queue.head()?.seq)).toEqual(expect.arrayContaining([2, 3]))
  expect(ready.rest().length).toBe(2)
})

function laneOf(seqs: readonly number[]): AggregateQueue {
  const queue = new AggregateQueue(playerAggregate("alice"))
  for (const seq of seqs) queue.enqueue(makePending(register("alice"), { seq }))
  return queue
}
