/** What Redis says of its memory. */
export interface Memory {
  readonly usedBytes: number
  /** 0: no bound. */
  readonly maxBytes: number
  readonly policy: string
}

/** Reads the answer of INFO memory, which managed services permit where they forbid CONFIG. Throws an Error. */
export function parseMemory(info: string): Memory {
  const fields = new Map(info.split("\r\n").map(line => splitOnce(line)))
  const usedBytes = Number(fields.get("used_memory"))
  const maxBytes = Number(fields.get("maxmemory"))
  const policy = fields.get("maxmemory_policy")
  if (!Number.isFinite(usedBytes) || !Number.isFinite(maxBytes) || policy === undefined) {
    throw new Error(
      "INFO memory: expected used_memory, maxmemory and maxmemory_policy, at least one is missing",
    )
  }
  return { usedBytes, maxBytes, policy }
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(":")
  return [line.slice(0, colon), line.slice(colon + 1)]
}

/** An evicted key would be a silent hole in a view (R32): what is wrong with the eviction policy, or null. */
export function policyProblem({ policy }: Memory): string | null {
  if (policy === "noeviction") return null
  return `expected its setting maxmemory-policy to be noeviction, found ${policy}: it would drop views silently`
}
