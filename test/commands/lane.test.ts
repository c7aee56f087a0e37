import { describe, expect, test } from "vitest"
import { isFree, Lane } from "../../src/commands/lane.js"
import { Lanes } from "../../src/commands/lanes.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { register } from "../domain/support/requests.js"
import { makePending } from "./support/pendings.js"

const alice = playerAggregate("alice")
const bob = playerAggregate("bob")
const carol = playerAggregate("carol")

describe("the queue of an aggregate", () => {
  test("has no head while it is empty", () => {
    const lane = new Lane(alice)

    expect(lane.head()).toBeNull()
    expect(lane.idle).toBe(true)
  })

  test("moves on as its heads are taken into a commit", () => {
    const { lane, pendings } = laneWith(3)

    expect(lane.head()).toBe(pendings[0])
    lane.take()
    expect(lane.head()).toBe(pendings[1])
  })

  test("begins again with what is not done when the commit's verdict is read", () => {
    const { lane, pendings } = laneWith(3)
    lane.take()
    lane.take()
    lane.board("c1")
    finish(pendings[0])

    lane.release()

    expect(lane.head()).toBe(pendings[1])
    expect(isFree(lane)).toBe(true)
  })

  test("passes by what is done, before, among and behind what is taken", () => {
    const { lane, pendings } = laneWith(5)
    finish(pendings[0])
    expect(lane.head()).toBe(pendings[1])
    lane.take()
    finish(pendings[2])
    expect(lane.head()).toBe(pendings[3])
    finish(pendings[3])
    expect(lane.head()).toBe(pendings[4])

    lane.release()

    expect(lane.head()).toBe(pendings[1])
  })

  test("is idle once all are done and nothing is in flight", () => {
    const { lane, pendings } = laneWith(2)
    lane.board("c1")
    for (const pending of pendings) finish(pending)
    lane.head()
    expect(lane.idle).toBe(false)

    lane.release()

    expect(lane.idle).toBe(true)
  })
})

describe("an aggregate", () => {
  test("has one commit in flight at most, and is free again at its verdict", () => {
    const lane = new Lane(alice)
    expect(isFree(lane)).toBe(true)

    lane.board("c1")
    expect(isFree(lane)).toBe(false)

    lane.release()
    expect(isFree(lane)).toBe(true)
  })

  test("is not free while a pause lasts", () => {
    const lane = new Lane(alice)

    lane.pauses = 1

    expect(isFree(lane)).toBe(false)
  })

  test("forgets a rival when the next commit leaves", () => {
    const lane = new Lane(alice)
    lane.rivalSeen = true

    lane.board("c2")

    expect(lane.rivalSeen).toBe(false)
  })
})

describe("the lanes of a process", () => {
  test("are made once each", () => {
    const lanes = new Lanes()

    expect(lanes.find(alice)).toBeUndefined()
    expect(lanes.get(alice)).toBe(lanes.get(alice))
  })

  test("beyond the bound let go of the least recently used", () => {
    const lanes = new Lanes(2)
    for (const aggregate of [alice, bob, carol, alice]) lanes.get(aggregate)

    lanes.evict()

    expect([alice, bob, carol].filter(one => lanes.find(one) !== undefined)).toEqual([alice, carol])
  })

  test("keep those with a command or a commit on its way", () => {
    const lanes = new Lanes(0)
    lanes.get(alice).enqueue(makePending(register("alice")))
    lanes.get(bob).board("c1")
    lanes.get(carol)

    lanes.evict()

    expect([alice, bob, carol].filter(one => lanes.find(one) !== undefined)).toEqual([alice, bob])
  })

  test("let go of those whose commands are done", () => {
    const lanes = new Lanes(0)
    const pending = makePending(register("alice"))
    lanes.get(alice).enqueue(pending)
    finish(pending)

    lanes.evict()

    expect(lanes.find(alice)).toBeUndefined()
  })
})

function laneWith(count: number) {
  const lane = new Lane(alice)
  const pendings = Array.from({ length: count }, (_, seq) => makePending(register("alice"), { seq }))
  for (const pending of pendings) lane.enqueue(pending)
  return { lane, pendings }
}

function finish(pending: { done: boolean } | undefined): void {
  if (pending !== undefined) pending.done = true
}
