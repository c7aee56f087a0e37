import { readdir, readFile } from "node:fs/promises"

/** The kernel's unit: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html. Linux only. */
const MICROSECONDS_PER_TICK = 10_000

const PAGE_BYTES = 4096

interface Stat {
  readonly parent: number
  /** Of the process alone. */
  readonly ownTicks: number
  /** Of its children that have ended, with all below them. */
  readonly endedTicks: number
  readonly residentBytes: number
}

/** Processor time that these processes and all their descendants have used so far, in microseconds. */
export async function processorTime(roots: readonly number[]): Promise<number> {
  let ticks = 0
  for (const { ownTicks, endedTicks } of await familyOf(roots)) ticks += ownTicks + endedTicks
  return ticks * MICROSECONDS_PER_TICK
}

/** Processor time that those children of this process have used that have ended, with all below them, in microseconds. */
export async function endedProcessorTime(): Promise<number> {
  const stat = await readStat(String(process.pid))
  return (stat?.endedTicks ?? 0) * MICROSECONDS_PER_TICK
}

/** Resident memory of these processes and all their descendants now, in bytes. What two share counts twice. */
export async function residentMemory(roots: readonly number[]): Promise<number> {
  let bytes = 0
  for (const { residentBytes } of await familyOf(roots)) bytes += residentBytes
  return bytes
}

/** These processes and all their descendants. */
async function familyOf(roots: readonly number[]): Promise<Stat[]> {
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
  return [...stats].filter(([pid]) => isOurs(pid)).map(([, stat]) => stat)
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
  const at = (place: number) => fields[place] ?? 0
  return {
    parent: at(1),
    ownTicks: at(11) + at(12),
    endedTicks: at(13) + at(14),
    residentBytes: at(21) * PAGE_BYTES,
  }
}
