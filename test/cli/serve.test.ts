import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { startChild } from "../support/child.js"
import { temporaryFolder } from "../support/folder.js"
import { Guildhall } from "../support/guildhall.js"

const MAIN = new URL("../../src/main.ts", import.meta.url)

/** Far less than the minute for which it waits for a service. */
const PROMPTLY_MS = 5000

describe("a server that still waits for a service at its start", () => {
  test.each(["KAFKA_BROKERS", "REDIS_URL"])("of %s ends well at SIGTERM, and at once", async name => {
    const { address, called } = await silentService()
    const setting = name === "REDIS_URL" ? `redis://${address}` : address
    vi.stubEnv(name, setting)
      .stubEnv("DATA_DIR", await temporaryFolder())
      .stubEnv("LOG_LEVEL", "silent")
    const server = startChild(MAIN, ["serve"])
    vi.unstubAllEnvs()
    await called

    const signalled = performance.now()
    server.process.kill("SIGTERM")

    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - signalled).toBeLessThan(PROMPTLY_MS)
  })
})

test("a wrong password of Redis ends the start at once, and is reported once", async () => {
  const redis = createServer(socket => {
    socket.on("data", () => socket.write("-WRONGPASS invalid username-password pair\r\n"))
    socket.on("error", () => {})
  })
  redis.listen(0, "127.0.0.1")
  onTestFinished(() => void redis.close())
  await once(redis, "listening")
  const { port } = redis.address() as AddressInfo
  const settings = { REDIS_URL: `redis://:wrong@127.0.0.1:${port}`, DATA_DIR: await temporaryFolder() }

  const { code, output } = await Guildhall.run(["serve"], settings)

  expect(code).toBe(1)
  expect(output.match(/view store: unavailable/g)).toHaveLength(1)
  expect(output).toMatch(/\(setting REDIS_URL\): it refuses the credentials of REDIS_URL/)
})

/** Accepts connections and answers nothing. */
async function silentService() {
  const service = createServer().listen(0, "127.0.0.1")
  onTestFinished(() => void service.close())
  await once(service, "listening")
  const { port } = service.address() as AddressInfo
  return { address: `127.0.0.1:${port}`, called: once(service, "connection") }
}
