import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { startChild } from "../support/child.js"
import { temporaryFolder } from "../support/folder.js"

const MAIN = new URL("../../src/main.ts", import.meta.url)

/** Far less than the minute for which a service is waited for. */
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

    const told = performance.now()
    server.process.kill("SIGTERM")

    expect(await server.ended).toEqual({ code: 0, signal: null })
    expect(performance.now() - told).toBeLessThan(PROMPTLY_MS)
  })
})

/** Takes connections and answers nothing. */
async function silentService() {
  const service = createServer().listen(0, "127.0.0.1")
  onTestFinished(() => void service.close())
  await once(service, "listening")
  const { port } = service.address() as AddressInfo
  return { address: `127.0.0.1:${port}`, called: once(service, "connection") }
}
