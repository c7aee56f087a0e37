import fc from "fast-check"
import { expect, test } from "vitest"
import { Candidates } from "../../src/commands/candidates.js"
import { Lane } from "../../src/commands/lane.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { register } from "../domain/support/requests.js"
import { runs } from "../support/runs.js"
import { makePending } from "./support/pendings.js"

/** The seqs of the commands in each lane, in order of arrival. */
const queues = fc
  .array(fc.uniqueArray(fc.nat(100_000), { maxLength: 6 }), { maxLength: 30 })
  .map(lanes => lanes.map(seqs => [...seqs].sort((a, b) => a - b)))

test("the head that arrived first comes first, also among those added on the way", () => {
  fc.assert(
    fc.property(queues, seqs => {
      const lanes = seqs.map(laneOf)
      const candidates = new Candidates()
      for (const lane of lanes) candidates.addHead(lane)

      const given: number[] = []
      for (let next = candidates.next(); next !== null; next = candidates.next()) {
        given.push(next.seq)
        next.done = true
        for (const lane of lanes) candidates.addHead(lane)
      }

      expect(given).toEqual(seqs.flat().sort((a, b) => a - b))
    }),
    runs(200),
  )
})

test("the rest is the lanes that were not looked at", () => {
  const lanes = [[3], [1], [2], []].map(laneOf)
  const candidates = new Candidates()
  for (const lane of lanes) candidates.addHead(lane)

  candidates.next()

  expect(candidates.rest().map(lane => lane.head()?.seq)).toEqual(expect.arrayContaining([2, 3]))
  expect(candidates.rest().length).toBe(2)
})

function laneOf(seqs: readonly number[]): Lane {
  const lane = new Lane(playerAggregate("alice"))
  for (const seq of seqs) lane.enqueue(makePending(register("alice"), { seq }))
  return lane
}
