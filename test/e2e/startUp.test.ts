import { execFileSync } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { STACK } from "../cli/support/runCli.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"

/** The user nobody. */
const NOBODY = 65_534
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]

/** In a mount namespace of its own: `$0` is the folder, the command follows. */
const mounted = (how: string, folder: string) => ["unshare", "-m", "sh", "-c", `${how}; exec "$@"`, folder]

/** Each a reason why nothing can be kept there; the folder and how to run there. */
const REASONS: Readonly<Record<string, () => Promise<{ folder: string; wrap?: string[]; reason: RegExp }>>> =
  {
    "a file": async () => {
      const folder = join(await temporaryFolder(), "file")
      await writeFile(folder, "")
      return { folder, reason: /a file stands where a folder is expected|is a file, expected a folder/ }
    },
    "a folder of another user": async () => {
      const folder = await temporaryFolder()
      return { folder, wrap: AS_NOBODY, reason: /this user may not do that here/ }
    },
    "missing, where this user can make none": async () => {
      return { folder: "/guildhall-test/data", wrap: AS_NOBODY, reason: /this user may not do that here/ }
    },
    "read-only": async () => {
      const folder = await temporaryFolder()
      const wrap = mounted('mount -t tmpfs -o ro tmpfs "$0"', folder)
      return { folder, wrap, reason: /the disk is read-only/ }
    },
    "on a full disk": async () => {
      const folder = await temporaryFolder()
      const wrap = mounted('mount -t tmpfs -o size=4k tmpfs "$0"; head -c 4k /dev/zero >"$0/full"', folder)
      return { folder, wrap, reason: /the disk is full/ }
    },
  }

beforeAll(() => {
  // Not skipped elsewhere: a matrix that runs in part says less than it seems to.
  if (process.getuid?.() !== 0) throw new Error("this needs root on Linux, to be another user and to mount")
  execFileSync("unshare", ["-m", "true"])
})

describe("where nothing can be kept, every start says which folder, why, and what to set", () => {
  it.each(Object.entries(REASONS))("%s", async (_, where) => {
    const { folder, wrap, reason } = await where()
    const settings = { DATA_DIR: folder, PORT: await freePort() }

    for (const command of ["serve", "doctor"]) {
      const { code, output } = await Guildhall.run([command], settings, wrap === undefined ? {} : { wrap })

      const line = output.split("\n").find(one => one.includes("(setting DATA_DIR)"))
      expect({ command, code, line }).toEqual({ command, code: 1, line: expect.stringContaining(folder) })
      expect(line).toMatch(reason)
      expect(output).toContain("set DATA_DIR to a folder that this user may write")
      expect(output).not.toMatch(STACK)
    }
  })
})
