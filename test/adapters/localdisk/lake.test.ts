import { execFileSync } from "node:child_process"
import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, test } from "vitest"
import { LocalLake } from "../../../src/adapters/localdisk/lake.js"
import { temporaryPath } from "../../../src/lake/lakePath.js"
import { bytes, lakeContract, text } from "../../contract/lake.js"
import { begin, lakeProcessesContract, startWriter, wonBy } from "../../contract/lakeProcesses.js"
import { faultOf } from "../../support/fault.js"
import { temporaryFolder } from "../../support/folder.js"
import { canMount, onSmallDisk } from "../lmdb/smallDisk.js"

const DAY_S = 86_400

async function emptyFolder() {
  const folder = await mkdtemp(join(tmpdir(), "guildhall-lake-"))
  return { folder, cleanup: () => rm(folder, { recursive: true, force: true }) }
}

lakeContract("A local folder", async () => {
  const { folder, cleanup } = await emptyFolder()
  return {
    lake: new LocalLake(folder),
    connect: async () => new LocalLake(folder),
    plant: async (path, content) => {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeFile(join(folder, path), content)
    },
    names: async path => (await readdir(join(folder, path))).sort(),
    cleanup,
  }
})

lakeProcessesContract("A local folder", async () => {
  const { folder, cleanup } = await emptyFolder()
  return { lake: new LocalLake(folder), place: ["local", folder], cleanup }
})

describe("an operation on a local lake ends", () => {
  test("with an error below a link to a folder that is gone, and recovers once it is back", async () => {
    const root = await temporaryFolder()
    await symlink(join(root, "target"), join(root, "link"))
    const lake = new LocalLake(join(root, "link", "lake"))

    const { code, message } = await faultOf(lake.write("events/file", bytes("1")))
    expect({ code, message }).toEqual({
      code: "HISTORY_UNAVAILABLE",
      message: expect.stringMatching(/setting DATA_DIR.*EEXIST.*link/),
    })

    await mkdir(join(root, "target"))
    await lake.write("events/file", bytes("1"))
    expect(text(await lake.read("events/file"))).toBe("1")
  })

  test("within its bound, when the disk does not answer: here a pipe that nobody writes to", async () => {
    const root = await temporaryFolder()
    const pipe = join(root, "pipe")
    execFileSync("mkfifo", [pipe])

    const fault = await faultOf(new LocalLake(root, 50).read("pipe"))

    expect(fault).toMatchObject({
      code: "HISTORY_UNAVAILABLE",
      message: expect.stringContaining("within 50 ms"),
    })
    // Releases the thread that still waits for it.
    await writeFile(pipe, "")
  })
})

describe("the folder of a local lake", () => {
  test("is created when it is first written to, not before", async () => {
    const root = join(await temporaryFolder(), "data", "lake")
    const lake = new LocalLake(root)
    expect(await lake.list("events")).toEqual([])
    await expect(stat(root)).rejects.toThrow("ENOENT")

    await lake.write("events/file", bytes("1"))

    expect(await readdir(root)).toEqual(["events"])
  })

  test("and all in it may be read and written by this user alone", async () => {
    const root = join(await temporaryFolder(), "lake")
    const lake = new LocalLake(root)
    await lake.write("events/dt=2026-11-24/written", bytes("1"))
    await lake.putIfAbsent("events/dt=2026-11-24/put", bytes("1"))

    for (const folder of ["", "events", "events/dt=2026-11-24"]) {
      expect((await stat(join(root, folder))).mode & 0o777).toBe(0o700)
    }
    for (const file of ["written", "put"]) {
      expect((await stat(join(root, "events/dt=2026-11-24", file))).mode & 0o777).toBe(0o600)
    }
  })

  test("that is deleted is created again", async () => {
    const root = join(await temporaryFolder(), "lake")
    const lake = new LocalLake(root)
    await lake.write("events/dt=1/file", bytes("1"))
    await rm(root, { recursive: true })

    expect(await lake.putIfAbsent("events/dt=1/file", bytes("2"))).toBe(true)

    expect(text(await lake.read("events/dt=1/file"))).toBe("2")
  })

  test("that is a file is reported, with the setting", async () => {
    const root = join(await temporaryFolder(), "lake")
    await writeFile(root, "a file")
    const lake = new LocalLake(root)

    const fault = await faultOf(lake.write("events/file", bytes("1")))

    expect(fault.message).toContain(`${root}/events/file (setting DATA_DIR): a file stands where a folder`)
  })
})

describe("what a crash left behind", () => {
  /** A file under the name of a temporary one, of a given age in days. */
  async function leave(root: string, days: number): Promise<string> {
    const path = temporaryPath(join(root, "log/0.json"))
    await mkdir(join(root, "log"), { recursive: true })
    await writeFile(path, "half a fi")
    const at = Date.now() / 1_000 - days * DAY_S
    await utimes(path, at, at)
    return path.slice(root.length + "/log/".length)
  }

  test("is never listed, and deleted by the first write beside it once it is older than a day", async () => {
    const root = await temporaryFolder()
    await leave(root, 1.01)
    const young = await leave(root, 0.99)
    const lake = new LocalLake(root)
    expect(await lake.list("log")).toEqual([])

    await lake.putIfAbsent("log/0.json", bytes("1"))

    expect((await readdir(join(root, "log"))).sort()).toEqual([young, "0.json"])
  })

  test("does not include other hidden files, however old they are", async () => {
    const root = await temporaryFolder()
    await leave(root, 3)
    const others = [".htaccess", ".0.json", ".0.json.crc", ".DS_Store"]
    for (const name of others) {
      await writeFile(join(root, "log", name), "somebody else's")
      await utimes(join(root, "log", name), 0, 0)
    }

    await new LocalLake(root).write("log/0.json", bytes("1"))

    expect((await readdir(join(root, "log"))).sort()).toEqual([...others.sort(), "0.json"])
  })
})

describe("a disk that is full", () => {
  test.runIf(canMount)("refuses files until there is room (needs root, to mount a small one)", async () => {
    const disk = await temporaryFolder()
    const place = ["local", join(disk, "lake")]
    const child = startWriter({
      name: "ann",
      bytes: 2_500_000,
      files: [0, 1_000],
      place,
      wrap: onSmallDisk(disk),
    })
    await child.line(line => line === "ready")
    begin(child)
    const told = await child.line(line => line.startsWith("HISTORY_UNAVAILABLE"))

    expect(told).toContain(`${disk}/lake/events/_delta_log/`)
    expect(told).toContain("(setting DATA_DIR): the disk is full (ENOSPC")

    // The ballast alone is smaller than a file: there is room only if the part of the one that failed is gone.
    const before = wonBy(child).length
    child.process.stdin.write(`${disk}/ballast\n`)
    await child.line(() => wonBy(child).length > before)
  })
})

describe("a disk that is read-only", () => {
  test.runIf(canMount)("is HISTORY_UNAVAILABLE, with the reason (needs root, to mount one)", async () => {
    const disk = await temporaryFolder()
    const mount =
      'mount -t tmpfs none "$0" && mkdir -p "$0/lake/events/_delta_log" && mount -o remount,ro "$0"'
    const wrap = ["unshare", "--mount", "sh", "-c", `${mount} && exec "$@"`, disk]
    const place = ["local", join(disk, "lake")]
    const child = startWriter({ name: "ann", bytes: 1, files: [0, 1], place, wrap })
    await child.line(line => line === "ready")
    begin(child)

    const told = await child.line(line => line.startsWith("HISTORY_UNAVAILABLE"))

    expect(told).toContain("(setting DATA_DIR): the disk is read-only (EROFS")
  })
})
