import { describe, expect, test } from "vitest"
import { isLoading, parseMemory, policyProblem } from "../../../src/adapters/redis/info.js"

const lines = [
  "# Memory",
  "used_memory:1046568",
  "used_memory_human:1022.04K",
  "maxmemory:1073741824",
  "maxmemory_human:1.00G",
  "maxmemory_policy:noeviction",
  "# Persistence",
  "loading:0",
]
const info = lines.join("\r\n")

describe("Redis's INFO", () => {
  test("shows its memory", () => {
    expect(parseMemory(info)).toEqual({ usedBytes: 1_046_568, maxBytes: 1_073_741_824, policy: "noeviction" })
  })

  test.each(["used_memory:1046568", "maxmemory:1073741824", "maxmemory_policy:noeviction"])(
    "without %s is an error that says so",
    line => {
      const cut = lines.filter(each => each !== line).join("\r\n")

      expect(() => parseMemory(cut)).toThrow("at least one is missing")
    },
  )

  test("shows whether it is loading its data", () => {
    expect(isLoading(info)).toBe(false)
    expect(isLoading(info.replace("loading:0", "loading:1"))).toBe(true)
    expect(isLoading("")).toBe(false)
  })
})

test("no policy except noeviction is accepted", () => {
  const memory = { usedBytes: 0, maxBytes: 0 }

  expect(policyProblem({ ...memory, policy: "noeviction" })).toBeNull()
  for (const policy of ["allkeys-lru", "volatile-ttl", "allkeys-random"]) {
    expect(policyProblem({ ...memory, policy })).toContain(
      `maxmemory-policy to be noeviction, found ${policy}`,
    )
  }
})
