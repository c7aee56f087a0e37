import { mkdir, rm, utimes, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { gunzipSync, gzipSync } from "node:zlib"
import { beforeEach, describe, expect, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { newListening, RawConnection } from "./support/listening.js"

const SCRIPT = 'console.info("the script")'

let folder: string

/** What the build produces: a first page, and files with their hash in the name. */
async function build(title = "Playground"): Promise<void> {
  await mkdir(join(folder, "assets"), { recursive: true })
  await writeFile(join(folder, "index.html"), `<title>${title}</title>`)
  await writeFile(join(folder, "assets/index-a1.js"), SCRIPT)
  await writeFile(join(folder, "assets/index-a1.js.gz"), gzipSync(SCRIPT))
  await writeFile(join(folder, "assets/font-b2.ttf"), "a font")
  await writeFile(join(folder, ".built"), "")
}

beforeEach(async () => {
  folder = join(await temporaryFolder(), "pages")
})

/** Sends a request, and follows or decompresses nothing. */
async function get(path: string, headers: Record<string, string> = {}, method = "GET") {
  const server = await newListening(undefined, { pagesFolder: folder })
  return fetch(`${server.url}${path}`, {
    method,
    headers: { connection: "close", ...headers },
    redirect: "manual",
  })
}

describe("the playground's pages", () => {
  test("are where / leads", async () => {
    const answer = await get("/")
    expect(answer.status).toBe(302)
    expect(answer.headers.get("location")).toBe("/playground")
  })

  test.each(["/playground", "/playground/", "/playground?query=x"])("begin at %s", async path => {
    await build()
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(answer.headers.get("content-type")).toBe("text/html; charset=utf-8")
    expect(answer.headers.get("cache-control")).toBe("no-cache")
    expect(await answer.text()).toBe("<title>Playground</title>")
  })

  test.each([
    ["assets/index-a1.js", "text/javascript; charset=utf-8"],
    ["assets/font-b2.ttf", "font/ttf"],
  ])("browsers keep %s, whose name has the hash of its content", async (name, type) => {
    await build()
    const answer = await get(`/playground/${name}`)
    expect(answer.headers.get("content-type")).toBe(type)
    expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable")
  })

  test.each(["", "assets/index-a1.js", "nowhere"])("have a strict policy: %j", async name => {
    await build()
    const { headers } = await get(`/playground/${name}`)
    expect(headers.get("content-security-policy")).toContain("default-src 'none'; script-src 'self';")
    expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'")
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(headers.get("referrer-policy")).toBe("no-referrer")
  })

  test.each([
    ["gzip, deflate, br", true],
    ["br;q=1.0, gzip;q=0.8", true],
    ["gzip;q=0, identity", false],
    ["identity", false],
  ])("come compressed to clients that accept that: %s", async (accepted, packed) => {
    await build()
    const { bytes, head } = await raw("/playground/assets/index-a1.js", `accept-encoding: ${accepted}\r\n`)
    expect(head.includes("content-encoding: gzip")).toBe(packed)
    expect(head).toContain("vary: accept-encoding")
    expect((packed ? gunzipSync(bytes) : bytes).toString()).toBe(SCRIPT)
  })

  test("are not sent again to clients that have them", async () => {
    await build()
    const etag = (await get("/playground")).headers.get("etag") ?? ""
    const again = await get("/playground", { "if-none-match": etag })
    expect(again.status).toBe(304)
    expect(again.headers.get("etag")).toBe(etag)
    expect((await get("/playground", { "if-none-match": 'W/"other"' })).status).toBe(200)
  })

  test("answer HEAD without content, and nothing else", async () => {
    await build()
    const head = await get("/playground", {}, "HEAD")
    expect(head.status).toBe(200)
    expect(head.headers.get("content-length")).toBe("25")
    const posted = await get("/playground", {}, "POST")
    expect(posted.status).toBe(405)
    expect(posted.headers.get("allow")).toBe("GET, HEAD")
  })

  test.each([
    ["a way out", "../secret.js"],
    ["a way out, escaped", "assets/..%2f..%2fsecret.js"],
    ["a way out on Windows", "..\\secret.js"],
    ["an absolute path", "/etc/passwd"],
    ["what is no page", ".built"],
    ["what is packed", "assets/index-a1.js.gz"],
    ["a folder", "assets"],
    ["the first page by another name", "index.html"],
    ["the prototype", "__proto__"],
    ["a long path", "a".repeat(10_000)],
  ])("are served from a list, which does not have %s", async (_, name) => {
    await build()
    await writeFile(join(folder, "../secret.js"), "secret")
    const { head } = await raw(`/playground/${name}`)
    expect(head).toMatch(/^HTTP\/1.1 404 /)
  })

  test("are not served in production, nor without a folder", async () => {
    await build()
    for (const options of [{ pagesFolder: folder, production: true }, {}]) {
      const server = await newListening(undefined, options)
      for (const path of ["/", "/playground", "/playground/assets/index-a1.js"]) {
        expect((await fetch(`${server.url}${path}`)).status).toBe(404)
      }
    }
  })
})

describe("pages that are not built yet", () => {
  test("say so and how to build them, and check again", async () => {
    const answer = await get("/playground")
    expect(answer.status).toBe(503)
    expect(answer.headers.get("retry-after")).toBe("3")
    const text = await answer.text()
    expect(text).toContain("scripts/web")
    expect(text).toContain('http-equiv="refresh" content="3"')
  })

  test("are served once they are built, and again once they are rebuilt", async () => {
    const { url } = await newListening(undefined, { pagesFolder: folder })
    const page = async () => (await fetch(`${url}/playground`)).text()
    expect(await page()).toContain("not built yet")
    await build("First")
    expect(await page()).toContain("First")

    await build("Second")
    await writeFile(join(folder, "assets/new-c3.js"), "")
    await utimes(join(folder, "index.html"), new Date(), new Date(Date.now() + 2000))
    expect(await page()).toContain("Second")
    expect((await fetch(`${url}/playground/assets/new-c3.js`)).status).toBe(200)
  })

  test("that are partly deleted are missing, which is not a bug", async () => {
    await build()
    const { url, logger } = await newListening(undefined, { pagesFolder: folder })
    expect((await fetch(`${url}/playground`)).status).toBe(200)
    await rm(join(folder, "assets"), { recursive: true })
    expect((await fetch(`${url}/playground/assets/index-a1.js`)).status).toBe(404)
    expect(logger.seen).toEqual([])
  })
})

/** Sends a path as it is, and returns the raw answer. */
async function raw(path: string, headers = ""): Promise<{ head: string; bytes: Buffer }> {
  const server = await newListening(undefined, { pagesFolder: folder })
  const connection = new RawConnection(server.port)
  connection.send(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n${headers}\r\n`)
  await connection.closed
  const [head = "", content = ""] = connection.received.split("\r\n\r\n")
  return { head, bytes: Buffer.from(content, "latin1") }
}
