import { describe, expect, test } from "vitest"
import { AggregateQueue, isFree } from "../../src/commands/aggregateQueue.js"
import { AggregateQueues } from "../../src/commands/aggregateQueues.js"
import type { PendingCommand } from "../../src/commands/pendingCommand.js"
import { playerAggregate } from "../../src/domain/aggregates.js"
import { NO_DOCUMENT } from "../../src/projections/document.js"
import { register } from "../domain/support/requests.js"
import { Chain } from "../log/support/judging.js"
import { registered } from "../support/events.js"
import { finish, makePending } from "./support/pendings.js"

const alice = playerAggregate("alice")
const bob = playerAggregate("bob")
const carol = playerAggregate("carol")

describe("the queue of an aggregate", () => {
  test("has no head while it is empty", () => {
    const queue = new AggregateQueue(alice)

    expect(queue.head()).toBeNull()
    expect(queue.idle).toBe(true)
  })

  test("moves on as its heads are taken into a commit", () => {
    const { queue, pendings } = laneWith(3)

    expect(queue.head()).toBe(pendings[0])
    queue.take()
    expect(queue.head()).toBe(pendings[1])
  })

  test("begins again with what is not done when the commit's verdict is read", () => {
    const { queue, pendings, at } = laneWith(3)
    queue.take()
    queue.take()
    queue.markInFlight("c1")
    finish(at(0))

    queue.release()

    expect(queue.head()).toBe(pendings[1])
    expect(isFree(queue)).toBe(true)
  })

  test("skips what is done: before, among and behind what is taken", () => {
    const { queue, pendings, at } = laneWith(5)
    finish(at(0))
    expect(queue.head()).toBe(pendings[1])
    queue.take()
    finish(at(2))
    expect(queue.head()).toBe(pendings[3])
    finish(at(3))
    expect(queue.head()).toBe(pendings[4])

    queue.release()

    expect(queue.head()).toBe(pendings[1])
  })

  test("is idle once all are done and nothing is in flight", () => {
    const { queue, pendings } = laneWith(2)
    queue.markInFlight("c1")
    for (const pending of pendings) finish(pending)
    queue.head()
    expect(queue.idle).toBe(false)

    queue.release()

    expect(queue.idle).toBe(true)
  })
})

describe("an aggregate", () => {
  test("has at most one commit in flight, and is free again at its verdict", () => {
    const queue = new AggregateQueue(alice)
    expect(isFree(queue)).toBe(true)

    queue.markInFlight("c1")
    expect(isFree(queue)).toBe(false)

    queue.release()
    expect(isFree(queue)).toBe(true)
  })

  test("is not free while a pause lasts", () => {
    const queue = new AggregateQueue(alice)

    queue.pause()
    queue.pause()
    queue.resume()
    expect(isFree(queue)).toBe(false)

    queue.resume()
    expect(isFree(queue)).toBe(true)
  })

  test("forgets a rival when the next commit is sent", async () => {
    const queue = new AggregateQueue(alice)
    const [, rival] = await new Chain().add([alice], [registered("alice")]).judged()
    if (rival === undefined) throw new Error("no record")
    queue.warm(NO_DOCUMENT)
    queue.markInFlight("another commit")
    queue.fold(rival)
    expect(queue.rivalSeen).toBe(true)

    queue.markInFlight("c2")

    expect(queue.rivalSeen).toBe(false)
  })
})

describe("the queues of a process", () => {
  test("are made once each", () => {
    const queues = new AggregateQueues()

    expect(queues.find(alice)).toBeUndefined()
    expect(queues.get(alice)).toBe(queues.get(alice))
  })

  test("beyond the bound evict the least recently used", () => {
    const queues = new AggregateQueues(2)
    for (const aggregate of [alice, bob, carol, alice]) queues.get(aggregate)

    queues.evict()

    expect([alice, bob, carol].filter(one => queues.find(one) !== undefined)).toEqual([alice, carol])
  })

  test("keep those with an open command or a commit in flight", () => {
    const queues = new AggregateQueues(0)
    queues.get(alice).enqueue(makePending(register("alice")))
    queues.get(bob).markInFlight("c1")
    queues.get(carol)

    queues.evict()

    expect([alice, bob, carol].filter(one => queues.find(one) !== undefined)).toEqual([alice, bob])
  })

  test("evict those whose commands are done", () => {
    const queues = new AggregateQueues(0)
    const pending = makePending(register("alice"))
    queues.get(alice).enqueue(pending)
    finish(pending)

    queues.evict()

    expect(queues.find(alice)).toBeUndefined()
  })
})

function laneWith(count: number) {
  const queue = new AggregateQueue(alice)
  const pendings = Array.from({ length: count }, (_, seq) => makePending(register("alice"), { seq }))
  for (const pending of pendings) queue.enqueue(pending)
  const at = (i: number): PendingCommand => {
    const pending = pendings[i]
    if (pending === undefined) throw new Error(`there are ${count} commands`)
    return pending
  }
  return { queue, pendings, at }
}
