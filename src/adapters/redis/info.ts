/** What Redis reports about its memory. */
export interface Memory {
  readonly usedBytes: number
  /** 0: no limit. */
  readonly maxBytes: number
  readonly policy: string
}

/** Reads the answer of INFO, which managed services permit although they forbid CONFIG. Throws an Error. */
export function parseMemory(info: string): Memory {
  const usedBytes = Number(field(info, "used_memory"))
  const maxBytes = Number(field(info, "maxmemory"))
  const policy = field(info, "maxmemory_policy")
  if (!Number.isFinite(usedBytes) || !Number.isFinite(maxBytes) || policy === undefined) {
    throw new Error("INFO: expected used_memory, maxmemory and maxmemory_policy, at least one is missing")
  }
  return { usedBytes, maxBytes, policy }
}

/** Whether Redis is still loading its data from disk. */
export function isLoading(info: string): boolean {
  return field(info, "loading") === "1"
}

function field(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\r?$`, "m").exec(info)?.[1]
}

/** What is wrong with the eviction policy, or null: an evicted key would be a silent hole in a view (R32). */
export function policyProblem({ policy }: Memory): string | null {
  if (policy === "noeviction") return null
  return `expected its setting maxmemory-policy to be noeviction, found ${policy}: it would drop views silently`
}
