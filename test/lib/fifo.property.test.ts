import fc from "fast-check"
import { expect, test } from "vitest"
import { Fifo } from "../../src/lib/fifo.js"
import { runs } from "../support/runs.js"

test("a queue behaves like a list", () => {
  const steps = fc.array(fc.constantFrom("push", "push", "push", "shift", "shift"), {
    maxLength: 400,
    size: "max",
  })
  fc.assert(
    fc.property(steps, fc.nat(100), (taken, from) => {
      const fifo = new Fifo<number>()
      const list: number[] = []
      for (const [i, step] of taken.entries()) {
        if (step === "shift") expect(fifo.shift()).toBe(list.shift())
        else {
          fifo.push(i)
          list.push(i)
        }
        expect(fifo.length).toBe(list.length)
      }
      expect([...fifo.from(0)]).toEqual(list)
      expect([...fifo.from(from)]).toEqual(list.slice(from))
      expect([fifo.at(0), fifo.at(from), fifo.at(-1)]).toEqual([list[0], list[from], undefined])
    }),
    runs(200),
  )
})

test("the first item that passes a test is found, also behind removed ones", () => {
  const fifo = new Fifo<number>()
  for (let i = 0; i < 100; i++) fifo.push(i * 10)
  for (let i = 0; i < 60; i++) fifo.shift()

  expect(fifo.firstIndex(item => item >= 705)).toBe(11)
  expect(fifo.firstIndex(() => true)).toBe(0)
  expect(fifo.firstIndex(() => false)).toBe(40)
})
