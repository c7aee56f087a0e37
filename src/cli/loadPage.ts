import { open, writeFile } from "node:fs/promises"
import { systemReason } from "../lib/systemError.js"
import { UserError } from "../lib/userError.js"
import type { LoadResult } from "../load/result.js"
import type { LoadOptions } from "./loadOptions.js"

/** Otherwise a wrong path would show only after the run. An existing file stays as it is until then. */
export async function assertWritable(path: string): Promise<void> {
  try {
    await (await open(path, "a")).close()
  } catch (error) {
    throw new UserError(`--html ${path} cannot be written: ${systemReason(error)}`, { cause: error })
  }
}

/** Writes the page about a run; without a run, there is none. */
export async function writePage(
  path: string,
  result: LoadResult,
  { urls, options }: { readonly urls: readonly string[]; readonly options: LoadOptions },
): Promise<void> {
  const { run } = result
  if (run === null) return
  // The charts' library takes a while to load, and is needed only here.
  const { pageOf } = await import("../load/html/page.js")
  const page = pageOf({ ...run, result, rate: options.rate ?? null, settings: settingsOf(urls, options) })
  await writeFile(path, page)
}

function settingsOf(urls: readonly string[], options: LoadOptions): Record<string, string | number> {
  const { players, zipf, concurrency, rate, count, duration, warmUp, transport, processes } = options
  return {
    servers: urls.join(", "),
    players,
    "chosen by": zipf === 0 ? "chance, all alike" : `a Zipf law with exponent ${zipf}`,
    loop: rate === undefined ? "closed" : `open, ${rate} commands per second`,
    concurrency,
    ...(count === undefined ? {} : { count }),
    ...(duration === undefined ? {} : { duration: `${duration / 1000} s` }),
    "warm-up": `${warmUp / 1000} s`,
    transport,
    processes,
    seed: options.seed,
    subscribers: options.subscribers,
    mix: options.mix.map(({ action, weight }) => `${action}=${weight}`).join(", "),
  }
}
