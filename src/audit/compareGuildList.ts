import type { Comparison } from "./compareDocuments.js"

/** At most this many guilds in one call to the store. */
const GUILDS_MAX = 500

/** Compares the views' list of guilds, page by page, with the guilds of the fold. Returns how many it lists. */
export async function compareGuildList({ views, fold, findings, foldTo }: Comparison): Promise<number> {
  let after: string | null = null
  let compared = 0
  for (;;) {
    const { checkpoint, ids } = await views.list("guilds", after, GUILDS_MAX)
    await foldTo(checkpoint)
    const last = ids.length < GUILDS_MAX ? null : (ids.at(-1) ?? null)
    const expected = new Set([...fold.guilds].filter(id => isBetween(id, after, last)))
    const found = new Set(ids)
    for (const id of expected) {
      if (!found.has(id)) findings.add({ ...named(id), expected: "listed", found: "not listed" })
    }
    for (const id of found) {
      if (!expected.has(id)) findings.add({ ...named(id), expected: "not listed", found: "listed" })
    }
    compared += ids.length
    if (last === null) return compared
    after = last
  }
}

function named(id: string) {
  return { kind: "guild-list", subject: `guild/${id}`, field: "" } as const
}

/** Whether an id is after one (exclusive) and up to another (inclusive), in byte order: ids are ASCII. */
function isBetween(id: string, after: string | null, last: string | null): boolean {
  return (after === null || id > after) && (last === null || id <= last)
}
