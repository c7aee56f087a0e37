import { describe, expect, test } from "vitest"
import { systemClock } from "../../src/adapters/system/clock.js"
import { isFault } from "../../src/ports/faults.js"
import { bytes, lakeContract, text } from "../contract/lake.js"
import { FakeClock, seeded } from "./clock.js"
import { FAKE_ANSWER_WAIT_MS, type FakeLake, type FakeLakeFaults, FakeLakeServer } from "./lake.js"
import type { FakeFolders } from "./lakeFolders.js"

lakeContract("the fake without faults, at once and on the machine's clock,", async () => {
  const server = new FakeLakeServer({ clock: systemClock, random: seeded(1) })
  return { ...behind(server.folders), ...ways(server), cleanup: async () => {} }
})

lakeContract("the fake with latencies on virtual time", async () => {
  const clock = new FakeClock()
  const server = new FakeLakeServer({ clock, random: seeded(2), faults: { latencyMs: [1, 200] } })
  let isOver = false
  const passing = (async () => {
    while (!isOver) await clock.run(10)
  })()
  const cleanup = async () => {
    isOver = true
    await passing
  }
  return { ...behind(server.folders), ...ways(server), cleanup }
})

function ways(server: FakeLakeServer) {
  return { lake: server.connect("a"), connect: async () => server.connect("b") }
}

function behind(folders: FakeFolders) {
  return {
    plant: async (path: string, content: Uint8Array) => folders.write(path, content),
    names: async (folder: string) =>
      folders.paths
        .filter(path => path.startsWith(`${folder}/`))
        .map(path => path.slice(folder.length + 1))
        .filter(name => !name.includes("/")),
  }
}

interface World {
  readonly clock: FakeClock
  readonly server: FakeLakeServer
  readonly lake: FakeLake
}

function world(faults: Partial<FakeLakeFaults> = {}, seed = 7): World {
  const clock = new FakeClock()
  const server = new FakeLakeServer({ clock, random: seeded(seed), faults })
  return { clock, server, lake: server.connect("a") }
}

/** The result of a call, or the code of its fault. */
function outcome<T>({ clock }: World, call: Promise<T>): Promise<T | string> {
  const ended = call.catch((error: unknown) => {
    if (isFault(error)) return error.code
    throw error
  })
  return clock.runFor(ended)
}

describe("a call", () => {
  test("that is lost fails and is not done", async () => {
    const one = world({ lost: 1 })

    expect(await outcome(one, one.lake.putIfAbsent("file", bytes("1")))).toBe("HISTORY_UNAVAILABLE")

    expect(one.server.folders.paths).toEqual([])
  })

  test("whose reply is lost fails and is done; retried, it is true", async () => {
    const one = world({ replyLost: 1 })

    expect(await outcome(one, one.lake.putIfAbsent("file", bytes("1")))).toBe("HISTORY_UNAVAILABLE")
    expect(one.server.folders.paths).toEqual(["file"])

    one.server.faults = { ...one.server.faults, replyLost: 0 }
    expect(await outcome(one, one.lake.putIfAbsent("file", bytes("1")))).toBe(true)
  })

  test("that is late is done after its caller gave up, over what others have done in the meantime", async () => {
    const one = world({ late: 1, lateMs: [5_000, 5_000] })
    expect(await outcome(one, one.lake.replace("file", bytes("late")))).toBe("HISTORY_UNAVAILABLE")
    one.server.faults = { ...one.server.faults, late: 0 }
    await outcome(one, one.lake.replace("file", bytes("after")))

    await one.clock.run(10_000)

    expect(text(one.server.folders.read("file"))).toBe("late")
  })

  test("that is a write is refused at a given rate, or by a full lake, which still answers reads", async () => {
    const one = world()
    await outcome(one, one.lake.write("file", bytes("1")))
    one.server.isFull = true

    expect(await outcome(one, one.lake.write("file", bytes("2")))).toBe("HISTORY_UNAVAILABLE")
    expect(await outcome(one, one.lake.putIfAbsent("new", bytes("2")))).toBe("HISTORY_UNAVAILABLE")
    expect(text(Buffer.from((await outcome(one, one.lake.read("file"))) ?? ""))).toBe("1")

    one.server.isFull = false
    one.server.faults = { ...one.server.faults, refused: 1 }
    expect(await outcome(one, one.lake.delete("file"))).toBe("HISTORY_UNAVAILABLE")
    expect(one.server.folders.paths).toEqual(["file"])
  })

  test("takes the time of both ways", async () => {
    const one = world({ latencyMs: [30, 40] })
    const before = one.clock.now()

    await outcome(one, one.lake.read("file"))

    expect(one.clock.now() - before).toBeGreaterThanOrEqual(60)
    expect(one.clock.now() - before).toBeLessThanOrEqual(80)
  })

  test("ends when its caller closes the lake, and may be done", async () => {
    const one = world({ latencyMs: [30, 30] })
    const putting = outcome(one, one.lake.putIfAbsent("file", bytes("1")))

    await one.lake.close()

    expect(await putting).toBe("HISTORY_UNAVAILABLE")
    await one.clock.run(100)
    expect(one.server.folders.paths).toEqual(["file"])
  })
})

describe("the server", () => {
  test("that stands still lets callers give up, and does their calls when it goes on", async () => {
    const one = world()
    one.server.pause()
    const before = one.clock.now()

    expect(await outcome(one, one.lake.write("file", bytes("1")))).toBe("HISTORY_UNAVAILABLE")
    expect(one.clock.now() - before).toBe(FAKE_ANSWER_WAIT_MS)
    expect(one.server.folders.paths).toEqual([])

    one.server.resume()
    expect(one.server.folders.paths).toEqual(["file"])
  })

  test("cut off from one process answers the others", async () => {
    const one = world()
    const other = one.server.connect("b")
    one.server.cut("a")

    expect(await outcome(one, one.lake.write("a", bytes("1")))).toBe("HISTORY_UNAVAILABLE")
    expect(await outcome(one, other.putIfAbsent("b", bytes("1")))).toBe(true)

    one.server.heal("a")
    expect(await outcome(one, one.lake.putIfAbsent("b", bytes("2")))).toBe(false)
  })

  test("reports each change to a checker, and nothing else", async () => {
    const changes: string[] = []
    const clock = new FakeClock()
    const server = new FakeLakeServer({ clock, random: seeded(1), onChange: path => changes.push(path) })
    const one = { clock, server, lake: server.connect("a") }

    await outcome(one, one.lake.putIfAbsent("a", bytes("1")))
    await outcome(one, one.lake.putIfAbsent("a", bytes("2")))
    await outcome(one, one.lake.replace("b", bytes("1")))
    await outcome(one, one.lake.delete("b"))
    await outcome(one, one.lake.delete("b"))

    expect(changes).toEqual(["a", "b", "b"])
  })
})

describe("a process", () => {
  test("that is paused sends and hears nothing; what it had sent goes on", async () => {
    const one = world({ latencyMs: [10, 10] })
    const heard: string[] = []
    const hear = (name: string) => () => heard.push(name)
    void one.lake.write("before", bytes("1")).then(hear("answer"))

    one.lake.process.pause()
    void one.lake.write("while-paused", bytes("1")).then(hear("second answer"))
    await one.clock.run(1_000)

    expect(one.server.folders.paths).toEqual(["before"])
    expect(heard).toEqual([])

    one.lake.process.resume()
    await one.clock.run(1_000)
    expect(one.server.folders.paths).toEqual(["before", "while-paused"])
    expect(heard.sort()).toEqual(["answer", "second answer"])
  })

  test("that is dead hears nothing any more, but what it had sent lands", async () => {
    const one = world({ latencyMs: [10, 10] })
    let heard = 0
    void one.lake.write("its-last", bytes("1")).finally(() => heard++)

    one.lake.process.kill()
    await one.clock.run(60_000)

    expect(one.server.folders.paths).toEqual(["its-last"])
    expect(heard).toBe(0)
  })
})

test("the same seed gives the same lake, another one another", async () => {
  const run = async (seed: number): Promise<string> => {
    const changes: string[] = []
    const clock = new FakeClock()
    const everything = { lost: 0.1, replyLost: 0.1, late: 0.1, refused: 0.1, latencyMs: [1, 50] } as const
    const onChange = (path: string) => changes.push(path)
    const server = new FakeLakeServer({ clock, random: seeded(seed), faults: everything, onChange })
    const put = async (name: string) => {
      const lake = server.connect(name)
      for (let at = 0; at < 30; at++) await lake.putIfAbsent(`${at}`, bytes(name)).catch(() => {})
    }
    await clock.runFor(Promise.all(["a", "b", "c"].map(put)))
    const contents = server.folders.paths.map(path => text(server.folders.read(path)))
    return [...changes, ...contents].join()
  }

  expect(await run(3)).toBe(await run(3))
  expect(await run(3)).not.toBe(await run(4))
})
