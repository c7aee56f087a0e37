import { expect, onTestFinished } from "vitest"
import { openLmdbLog } from "../../../src/adapters/lmdb/log.js"
import type { Log, LogRecord } from "../../../src/ports/log.js"

/** How the log's database is opened, for tests that access it directly. */
export const binary = { encoding: "binary", keyEncoding: "binary" } as const

/** A log that is closed when the test is over. */
export async function open(folder: string, options: { readonly readOnly?: boolean } = {}): Promise<Log> {
  const log = await openLmdbLog({ folder, ...options })
  onTestFinished(() => log.close())
  return log
}

/** Records that each contain their own offset, `record <offset> `, from 0 on. */
export function expectWhole(records: readonly LogRecord[], count: number): void {
  expect(records.length).toBe(count)
  const wrong = records.findIndex(({ offset, bytes }, at) => {
    return offset !== at || !Buffer.from(bytes).toString().startsWith(`record ${at} `)
  })
  expect(wrong).toBe(-1)
}
