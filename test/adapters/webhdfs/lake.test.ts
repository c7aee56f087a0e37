import { describe, expect, onTestFinished, test } from "vitest"
import { openWebHdfsLake } from "../../../src/adapters/webhdfs/lake.js"
import type { WebHdfsOptions } from "../../../src/adapters/webhdfs/options.js"
import { temporaryPath } from "../../../src/lake/lakePath.js"
import type { Lake } from "../../../src/ports/lake.js"
import { bytes, text } from "../../contract/lake.js"
import { faultOf } from "../../support/fault.js"
import { type Breakage, FakeHdfs, refusal, type Step } from "./fakeHdfs.js"

const limits = { answerMs: 300, bytesPerMs: 1_000, deadlineMs: 1_000, pauseMs: 5, pauseMaxMs: 20 }
const CALLS_MAX = 16
const DAY_MS = 86_400_000

function open(hdfs: Pick<FakeHdfs, "url">, options: Partial<WebHdfsOptions> = {}): Lake {
  const lake = openWebHdfsLake({
    url: hdfs.url,
    hdfsUrl: "hdfs://hdfs:8020",
    folder: "/lake",
    limits,
    ...options,
  })
  onTestFinished(() => lake.close())
  return lake
}

async function start(): Promise<{ hdfs: FakeHdfs; lake: Lake }> {
  const hdfs = await FakeHdfs.start()
  return { hdfs, lake: open(hdfs) }
}

/** Some of these are answers of a name node or a data node that starts, fails over, or is overloaded. */
const PASSING: Readonly<Record<string, Breakage>> = {
  "a connection that ends before it is done": "drop",
  "a connection that ends when it is done: the reply is lost": "lose",
  "no answer": "hang",
  "safe mode": refusal("SafeModeException"),
  "a name node on standby": refusal("StandbyException"),
  RetriableException: refusal("RetriableException"),
  IOException: refusal("IOException"),
  "HTTP 500": { status: 500, body: "oops" },
  "HTTP 503": { status: 503, body: "<html>busy</html>" },
  "HTTP 429": { status: 429 },
}
const PUT_STEPS: readonly Step[] = ["CREATE", "put content", "GETFILESTATUS", "RENAME"]

describe.each(PUT_STEPS)("when %s fails for a while by", step => {
  test.each(Object.entries(PASSING))("%s, a file is still put", async (_, breakage) => {
    const { hdfs, lake } = await start()
    hdfs.breakNext(step, breakage)

    expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(true)

    expect(hdfs.count(step)).toBeGreaterThan(1)
    expect([...hdfs.files.keys()]).toEqual(["/lake/log/0.json"])
    expect(hdfs.text("/lake/log/0.json")).toBe("mine")
  })

  test.each(Object.entries(PASSING))("%s, a file is still replaced", async (_, breakage) => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/last", "old")
    hdfs.breakNext(step, breakage, breakage)

    await lake.replace("last", bytes("new"))

    expect([...hdfs.files.keys()]).toEqual(["/lake/last"])
    expect(hdfs.text("/lake/last")).toBe("new")
  })
})

describe("what was written", () => {
  test.each(["short", "cut"] as const)("is written again when it comes out %s", async breakage => {
    const { hdfs, lake } = await start()
    hdfs.breakNext("put content", breakage)

    expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(true)

    expect(hdfs.count("put content")).toBe(2)
    expect(hdfs.text("/lake/log/0.json")).toBe("mine")
    expect(hdfs.files.size).toBe(1)
  })

  test("never gets its name when it is always too short, and the fault says so", async () => {
    const { hdfs, lake } = await start()
    hdfs.breakAlways("put content", "short")

    const fault = await faultOf(lake.write("events/file", bytes("four")))

    expect(fault.message).toContain("wrote 4 bytes, then found 2; given up after")
    expect(hdfs.count("RENAME")).toBe(0)
    expect(hdfs.files.size).toBe(0)
  })
})

describe("a file that is there", () => {
  test("with other bytes is a no, whatever was lost on the way, and stays", async () => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/log/0.json", "theirs")
    hdfs.breakNext("RENAME", "drop", "lose")
    hdfs.breakNext("OPEN", "drop")
    hdfs.breakNext("get content", "cut")

    expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(false)

    expect([...hdfs.files.keys()]).toEqual(["/lake/log/0.json"])
    expect(hdfs.text("/lake/log/0.json")).toBe("theirs")
  })

  test("with the same bytes is a yes, and nothing is left beside it", async () => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/log/0.json", "mine")

    expect(await lake.putIfAbsent("log/0.json", bytes("mine"))).toBe(true)

    expect([...hdfs.files.keys()]).toEqual(["/lake/log/0.json"])
  })

  test("that was our own and is gone again is neither a yes nor a no", async () => {
    const { hdfs, lake } = await start()
    hdfs.breakNext("RENAME", "lose")
    hdfs.breakNext("RENAME", refusal("FileNotFoundException", 404))
    hdfs.breakNext("OPEN", refusal("FileNotFoundException", 404))

    const fault = await faultOf(lake.putIfAbsent("log/0.json", bytes("mine")))

    expect(fault.message).toContain("gone before it got its name")
  })
})

test("a RENAME that is still in flight when its caller gives up is never done", async () => {
  const { hdfs, lake } = await start()
  hdfs.breakAlways("RENAME", "late")
  expect((await faultOf(lake.replace("last", bytes("late")))).code).toBe("HISTORY_UNAVAILABLE")
  hdfs.breakAlways("RENAME", null)
  await lake.replace("last", bytes("after"))

  hdfs.release()

  expect(hdfs.text("/lake/last")).toBe("after")
})

const READ_STEPS: readonly Step[] = ["OPEN", "get content"]

describe.each(READ_STEPS)("when %s fails for a while by", step => {
  test.each(Object.entries(PASSING))("%s, a file is still read", async (_, breakage) => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/file", "content")
    hdfs.breakNext(step, breakage)

    expect(text(await lake.read("file"))).toBe("content")
  })
})

describe("a read", () => {
  test("of which only a part comes is repeated, and never returns the part", async () => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/file", "content")
    hdfs.breakNext("get content", "cut", "cut")

    expect(text(await lake.read("file"))).toBe("content")

    hdfs.breakAlways("get content", "cut")
    const fault = await faultOf(lake.read("file"))
    expect(fault.message).toContain("the connection was closed (from the data node 127.0.0.1")
  })

  test("of a file that goes between name node and data node is null", async () => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/file", "content")
    hdfs.breakNext("get content", refusal("FileNotFoundException", 404))
    hdfs.breakNext("GETFILESTATUS", refusal("FileNotFoundException", 404))

    expect(await lake.read("file")).toBeNull()
  })

  test("of a folder does not count as a missing file", async () => {
    const { hdfs, lake } = await start()
    hdfs.folders.add("/lake/folder")

    expect((await faultOf(lake.read("folder"))).message).toContain("it is a folder, not a file")
  })

  test("whose answer has no length is not believed", async () => {
    const { hdfs, lake } = await start()
    hdfs.set("/lake/file", "content")
    hdfs.breakAlways("get content", "unmeasured")

    expect((await faultOf(lake.read("file"))).message).toContain("expected an answer with a length")
  })
})

test.each(Object.entries(PASSING))("lists and deletes in spite of %s", async (_, breakage) => {
  const { hdfs, lake } = await start()
  hdfs.set("/lake/folder/file", "1")
  hdfs.breakNext("LISTSTATUS", breakage)
  hdfs.breakNext("DELETE", breakage)

  expect(await lake.list("folder")).toEqual([{ name: "file", bytes: 1 }])
  await lake.delete("folder/file")

  expect(hdfs.files.size).toBe(0)
})

describe("what retrying does not fix is reported at once:", () => {
  const final = [
    ["CREATE", refusal("AccessControlException", 403, "Permission denied: user=guildhall")],
    ["put content", refusal("NSQuotaExceededException")],
    ["put content", refusal("DSQuotaExceededException")],
    ["put content", refusal("QuotaByStorageTypeExceededException")],
    ["RENAME", refusal("AccessControlException")],
    ["RENAME", refusal("ParentNotDirectoryException")],
    ["CREATE", refusal("SecurityException", 401)],
    ["CREATE", { status: 401, body: "<html>Authentication required</html>" }],
  ] as const
  test.each(final)("%s answers %j", async (step, answer) => {
    const { hdfs, lake } = await start()
    hdfs.breakAlways(step, answer)

    const fault = await faultOf(lake.putIfAbsent("log/0.json", bytes("mine")))

    expect(fault.code).toBe("HISTORY_UNAVAILABLE")
    expect(fault.message).toContain(`HDFS at ${hdfs.url} (settings WEBHDFS_URL, WEBHDFS_USER guildhall)`)
    expect(fault.message).toContain("/lake/log/0.json: ")
    expect(fault.message).not.toContain("\tat")
    expect(hdfs.count(step)).toBe(1)
    expect(hdfs.files.size).toBe(0)
  })

  test("HDFS is full", async () => {
    const { hdfs, lake } = await start()
    hdfs.remaining = 1_200_000_000
    hdfs.breakAlways("put content", refusal("IOException", 403, "could only be written to 0 of the 1 nodes"))

    const fault = await faultOf(lake.write("events/file", bytes("1")))

    expect(fault.message).toContain(
      "HDFS is full: 1200000000 bytes are left, it needs 1207959552 free (IOException: could only",
    )
    expect(hdfs.count("put content")).toBe(1)
  })

  test("a folder stands where the file should", async () => {
    const { hdfs, lake } = await start()
    hdfs.folders.add("/lake/folder")

    for (const call of [
      () => lake.putIfAbsent("folder", bytes("1")),
      () => lake.replace("folder", bytes("1")),
    ]) {
      expect((await faultOf(call())).message).toContain("it is a folder, not a file")
    }
    expect(hdfs.count("RENAME")).toBe(2)
    expect(hdfs.files.size).toBe(0)
  })

  const foreign: [string, Breakage, string][] = [
    ["a page", { status: 200, body: "<html>Welcome" }, "expected an answer of WebHDFS, got <html>Welcome"],
    ["another JSON", { status: 200, body: '{"a":1}' }, 'expected an answer of WebHDFS, got {"a":1}'],
    ["nothing", { status: 200 }, "expected an answer of WebHDFS, got nothing"],
    ["no such page", { status: 404, body: "<html>404" }, "HTTP 404 <html>404"],
    ["a login", { status: 302, headers: { location: "https://login/" } }, "was redirected to https://login/"],
  ]
  test.each(foreign)("something other than WebHDFS answers: %s", async (_, answer, told) => {
    const { hdfs, lake } = await start()
    hdfs.breakAlways("LISTSTATUS", answer)

    expect((await faultOf(lake.list("events"))).message).toContain(told)

    expect(hdfs.count("LISTSTATUS")).toBe(1)
  })

  test("a gateway that ignores the options of RENAME", async () => {
    const { hdfs, lake } = await start()
    hdfs.ignoresRenameOptions = true

    const fault = await faultOf(lake.putIfAbsent("log/0.json", bytes("mine")))

    expect(fault.message).toContain("must lead to a name node, not to HttpFS")
    hdfs.set("/lake/log/1.json", "theirs")
    expect((await faultOf(lake.putIfAbsent("log/1.json", bytes("mine")))).code).toBe("HISTORY_UNAVAILABLE")
    expect(hdfs.text("/lake/log/1.json")).toBe("theirs")
  })
})

describe("time:", () => {
  test("a lasting failure is given up at the deadline, after ever rarer tries", async () => {
    const { hdfs, lake } = await start()
    hdfs.breakAlways("CREATE", refusal("SafeModeException", 403, "Name node is in safe mode."))
    const before = performance.now()

    const fault = await faultOf(lake.write("events/file", bytes("1")))

    const passedMs = performance.now() - before
    expect(passedMs).toBeGreaterThan(limits.deadlineMs - 2 * limits.pauseMaxMs)
    expect(passedMs).toBeLessThan(limits.deadlineMs + 1_000)
    expect(fault.message).toMatch(
      /SafeModeException: Name node is in safe mode\.; given up after \d+ tries in \d+ ms/,
    )
    expect(hdfs.count("CREATE")).toBeLessThanOrEqual(limits.deadlineMs / (limits.pauseMaxMs / 2) + 5)
  })

  test("a service that is away is named, and found again when it comes back in time", async () => {
    const gone = await FakeHdfs.start()
    await gone.stop()
    const lake = open(gone)
    const fault = await faultOf(lake.read("file"))
    expect(fault.message).toContain(`HDFS at ${gone.url}`)
    expect(fault.message).toContain("connection refused")

    const writing = lake.write("file", bytes("1"))
    const back = await FakeHdfs.start(gone.port)
    await writing

    expect(back.text("/lake/file")).toBe("1")
  })

  test("a server that never answers is given up", async () => {
    const { hdfs, lake } = await start()
    hdfs.breakAlways("OPEN", "hang")

    const fault = await faultOf(lake.read("file"))

    expect(fault.message).toMatch(/no answer within 300 ms|nothing was sent or received for 300 ms/)
  })

  test("the number of calls in flight is bounded", async () => {
    const { hdfs } = await start()
    const lake = open(hdfs, { limits: { ...limits, deadlineMs: 20_000 } })
    hdfs.breakNext("OPEN", ...Array.from({ length: CALLS_MAX }, () => "hang" as const))

    await Promise.all(Array.from({ length: 5 * CALLS_MAX }, () => lake.read("file")))

    expect(hdfs.busiest).toBe(CALLS_MAX)
  })

  test("a caller without a turn within the deadline gets a fault, as does one that finds the queue full", async () => {
    const { hdfs } = await start()
    const lake = open(hdfs, { limits: { ...limits, answerMs: 3_000 } })
    hdfs.breakAlways("LISTSTATUS", "hang")
    const held = Array.from({ length: CALLS_MAX }, () => faultOf(lake.list("folder")))
    const waiting = Array.from({ length: 1_000 }, () => faultOf(lake.read("file")))

    expect((await faultOf(lake.read("file"))).message).toContain("1000 calls already wait for HDFS")

    for (const fault of await Promise.all(waiting)) expect(fault.message).toContain("no turn within 1000 ms")
    await Promise.all(held)
  })

  test("closing the lake ends what is in flight, and what waits, at once", async () => {
    const { hdfs } = await start()
    const lake = open(hdfs, { limits: { ...limits, answerMs: 60_000, deadlineMs: 60_000 } })
    hdfs.breakAlways("LISTSTATUS", "hang")
    hdfs.breakAlways("OPEN", refusal("SafeModeException"))
    const held = Array.from({ length: CALLS_MAX - 1 }, () => faultOf(lake.list("folder")))
    const trying = faultOf(lake.read("file"))
    const inLine = faultOf(lake.read("file"))
    await expect.poll(() => hdfs.count("LISTSTATUS") + Math.min(1, hdfs.count("OPEN"))).toBe(CALLS_MAX)
    const before = performance.now()

    await lake.close()

    for (const fault of [...held, trying, inLine]) {
      expect((await fault).message).toContain("the lake is closed")
    }
    expect(performance.now() - before).toBeLessThan(2_000)
  })
})

describe("data nodes", () => {
  test("are reached at the host that a setting gives, if theirs is unknown here", async () => {
    const { hdfs, lake } = await start()
    hdfs.datanodeHost = "datanode-of-a-container.invalid"
    const fault = await faultOf(lake.write("file", bytes("1")))
    expect(fault.message).toContain(
      `(from the data node datanode-of-a-container.invalid:${hdfs.port}; WEBHDFS_DATANODE_HOST`,
    )

    const other = open(hdfs, { datanodeHost: "127.0.0.1" })
    await other.write("file", bytes("1"))

    expect(text(await other.read("file"))).toBe("1")
  })

  test("are found by a redirect too, as some gateways send one", async () => {
    const { hdfs, lake } = await start()
    hdfs.redirects = true

    await lake.write("file", bytes("1"))

    expect(text(await lake.read("file"))).toBe("1")
  })
})

describe("options", () => {
  test("name the user of each call to the name node, and a path before WebHDFS's own", async () => {
    const { hdfs } = await start()
    const lake = open(hdfs, { url: `${hdfs.url}/gateway/`, user: "alice", folder: "/games/lake" })

    await lake.write("events/file", bytes("1"))

    expect(hdfs.text("/games/lake/events/file")).toBe("1")
    // The data node's address is up to the name node.
    expect([...hdfs.users].sort()).toEqual(["alice", null])
  })

  test("determine the root as engines name it", async () => {
    const { hdfs } = await start()

    expect(open(hdfs).root).toBe("hdfs://hdfs:8020/lake")
    expect(open(hdfs, { hdfsUrl: "hdfs://nn1/", folder: "/a/b" }).root).toBe("hdfs://nn1/a/b")
  })

  test.each([
    [{ url: "hdfs://localhost:8020" }, "WEBHDFS_URL: expected http://"],
    [{ url: "http://user:secret@localhost" }, "WEBHDFS_URL: expected http://"],
    [{ url: "localhost:9870" }, "WEBHDFS_URL: expected http://"],
    [{ hdfsUrl: "http://localhost:9870" }, "HDFS_URL: expected hdfs://"],
    [{ hdfsUrl: "hdfs://NN1:8020" }, "HDFS_URL: expected hdfs://host[:port] in lower case"],
    [
      { folder: "lake" },
      'LAKE_FOLDER: expected an absolute path of plain segments in lower case, got "lake"',
    ],
    [{ folder: "/Guildhall/lake" }, "LAKE_FOLDER: expected"],
    [{ folder: "/" }, "LAKE_FOLDER: expected"],
    [{ folder: "/a/../b" }, "LAKE_FOLDER: expected"],
    [{ user: "a&op=DELETE" }, "WEBHDFS_USER: expected"],
    [{ datanodeHost: "host:9864" }, "WEBHDFS_DATANODE_HOST: expected"],
    [{ datanodeHost: "a/b" }, "WEBHDFS_DATANODE_HOST: expected"],
  ])("%j is refused, and says what is expected", async (options, told) => {
    const hdfs = { url: "http://localhost:9870" }

    expect(() => open(hdfs, options)).toThrow(told)
    expect(() => open(hdfs, options)).not.toThrow("secret")
  })
})

test("what crashes left behind is deleted by the first write beside it, once it is older than a day", async () => {
  const { hdfs, lake } = await start()
  const [old, young] = [temporaryPath("/lake/log/0.json"), temporaryPath("/lake/log/0.json")]
  hdfs.set(old, "half", Date.now() - 1.01 * DAY_MS)
  hdfs.set(young, "half", Date.now() - 0.99 * DAY_MS)
  hdfs.set("/lake/log/.others", "", 0)
  expect(await lake.list("log")).toEqual([])

  await lake.write("log/0.json", bytes("1"))
  await lake.write("log/1.json", bytes("1"))

  const left = ["/lake/log/.others", young, "/lake/log/0.json", "/lake/log/1.json"]
  expect([...hdfs.files.keys()].sort()).toEqual(left.sort())
  expect(hdfs.count("LISTSTATUS")).toBe(2)
})
