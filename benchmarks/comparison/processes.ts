import { readdir, readFile } from "node:fs/promises"

/** The kernel's unit: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. Linux only. */
const MICROSECONDS_PER_TICK = 10_000

interface Stat {
  readonly parent: number
  /** Of the process, and of its children that have ended. */
  readonly ticks: number
}

/** Processor time that these processes and all their descendants have used so far, in microseconds. */
export async function processorTime(roots: readonly number[]): Promise<number> {
  const names = (await readdir("/proc")).filter(name => /^\d+$/.test(name))
  const stats = new Map<number, Stat>()
  await Promise.all(
    names.map(async name => {
      const stat = await readStat(name)
      if (stat !== null) stats.set(Number(name), stat)
    }),
  )
  const isOurs = (pid: number): boolean => {
    if (roots.includes(pid)) return true
    const parent = stats.get(pid)?.parent ?? 0
    return parent > 1 && isOurs(parent)
  }
  let ticks = 0
  for (const [pid, stat] of stats) if (isOurs(pid)) ticks += stat.ticks
  return ticks * MICROSECONDS_PER_TICK
}

/** Memory of a process in MiB, without the pages of mapped files, which the kernel can drop at any time. Linux only. */
export async function ownMemory(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8")
  const [, kilobytes] = /^RssAnon:\s+(\d+) kB$/m.exec(status) ?? []
  return Number(kilobytes) / 1024
}

/** Null for a process that has ended meanwhile. */
async function readStat(pid: string): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null)
  if (text === null) return null
  // After the name in brackets, which may hold spaces.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number)
  const [parent = 0, user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = [1, 11, 12, 13, 14].map(
    place => fields[place],
  )
  return { parent, ticks: user + system + childrenUser + childrenSystem }
}
