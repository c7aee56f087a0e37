import { execFileSync } from "node:child_process"
import { chown, mkdir, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { beforeAll, describe, expect, it } from "vitest"
import { inParallel } from "../../src/load/inParallel.js"
import { STACK } from "../cli/support/runCli.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { nodePrograms } from "../support/nodes.js"
import { journey, type Surroundings } from "./support/journey.js"

/** Journeys: each waits most of its time for a process to start. */
const AT_ONCE = 2

/** The user nobody. */
const NOBODY = 65_534
const AS_NOBODY = ["setpriv", `--reuid=${NOBODY}`, `--regid=${NOBODY}`, "--clear-groups"]

/** In its own mount namespace: `$0` is the folder, the command follows. */
const mounted = (how: string, folder: string) => ["unshare", "-m", "sh", "-c", `${how}; exec "$@"`, folder]

/** Each is a way in which machines differ. */
const SURROUNDINGS: Readonly<Record<string, () => Promise<Surroundings>>> = {
  "another working directory, and a name with signs that mean something elsewhere": async () => {
    const folder = await temporaryFolder()
    const name = `k=v 100% *'"; $x [a] {b}`
    return { settings: { DATA_DIR: name }, wrap: ["env", "-C", folder] }
  },
  "a symbolic link, without HOME and TMPDIR": async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, "real"))
    await symlink("real", join(folder, "link"))
    return { settings: { DATA_DIR: join(folder, "link") }, wrap: ["env", "-u", "HOME", "-u", "TMPDIR"] }
  },
  "HOME and TMPDIR that cannot be used, a Turkish locale, a zone of three quarters": async () => ({
    settings: {
      DATA_DIR: await missingFolder(),
      ...{ HOME: "/dev/null", TMPDIR: "/nonexistent" },
      ...{ LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8", TZ: "Asia/Kathmandu" },
    },
  }),
  "another user, the C locale, a zone with summer time": async () => {
    const folder = await temporaryFolder()
    await chown(folder, NOBODY, NOBODY)
    return { settings: { DATA_DIR: folder, LC_ALL: "C", TZ: "America/St_Johns" }, wrap: AS_NOBODY }
  },
}

/** Each is a reason why a folder cannot keep data: the folder, and how to run there. */
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

describe("the same journey", () => {
  it("has the same answers everywhere", async () => {
    const expected = await journey({ settings: { DATA_DIR: await missingFolder() } })
    expect(expected).toMatchObject({
      registered: { registerPlayer: { refusal: null } },
      reports: { sales: { rows: [{ region: "istanbul", purchases: 1, players: 1 }] } },
      sql: { code: 0, lines: ["region,purchases", "istanbul,1"] },
      status: { code: 0, ready: true },
      audit: { code: 0 },
      replayed: true,
      stopped: [0, 0],
    })

    const others = nodePrograms().slice(0, -1)
    const byNode = others.map(({ version, path: node }) => {
      return [version, async () => ({ settings: { DATA_DIR: await missingFolder() }, node })] as const
    })
    await inParallel([...Object.entries(SURROUNDINGS), ...byNode], AT_ONCE, async ([name, surroundings]) => {
      expect({ name, answers: await journey(await surroundings()) }).toEqual({ name, answers: expected })
    })
  }, 600_000)
})

describe("if a folder cannot keep data, every start says which folder, why, and what to set", () => {
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

/** A path that does not exist yet. */
async function missingFolder(): Promise<string> {
  return join(await temporaryFolder(), "not", "there", "yet")
}
