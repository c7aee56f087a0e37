import { getEventListeners } from "node:events"
import { describe, expect, test } from "vitest"
import { linkedAbort } from "../../src/lib/linkedAbort.js"

describe("a linked signal", () => {
  test.each([0, 1])("is aborted with each of its signals (%i)", place => {
    const owners = [new AbortController(), new AbortController()]
    const { signal } = linkedAbort(...owners.map(owner => owner.signal))
    expect(signal.aborted).toBe(false)

    owners[place]?.abort()

    expect(signal.aborted).toBe(true)
  })

  test("is aborted from the start when one of them is", () => {
    expect(linkedAbort(new AbortController().signal, AbortSignal.abort()).signal.aborted).toBe(true)
  })

  test("is aborted by its owner, and leaves nothing behind on signals that live on", () => {
    const { signal: long } = new AbortController()
    const { signal, end } = linkedAbort(long)

    end()

    expect(signal.aborted).toBe(true)
    expect(long.aborted).toBe(false)
    expect(getEventListeners(long, "abort")).toEqual([])
  })
})
