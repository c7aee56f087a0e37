import { connect } from "node:net"
import { describe, expect, test } from "vitest"
import { ListenError } from "../../src/server/listen.js"
import { startServer } from "../../src/server/server.js"
import { KeptLogger } from "../support/keptLogger.js"
import { newListening } from "./support/listening.js"
import { stubGame } from "./support/stubGame.js"

describe("health and readiness", () => {
  test("it is alive", async () => {
    const { url } = await newListening()

    const response = await fetch(`${url}/healthz`, { headers: { connection: "close" } })

    expect([response.status, await response.text()]).toEqual([200, "ok"])
  })

  test("it is ready if nothing prevents that, and says what does", async () => {
    const reasons: string[] = []
    const { url } = await newListening({ ...stubGame(), unready: () => reasons })
    const ready = async () => {
      const response = await fetch(`${url}/readyz`, { headers: { connection: "close" } })
      return [response.status, await response.json()]
    }

    expect(await ready()).toEqual([200, { ready: true, reasons: [], degraded: [] }])
    reasons.push("log: 5 records to read")
    expect(await ready()).toEqual([503, { ready: false, reasons: ["log: 5 records to read"], degraded: [] }])
  })

  test.each(["/healthz", "/readyz"])("%s takes GET and HEAD only", async path => {
    const { url } = await newListening()
    const status = async (method: string) =>
      (await fetch(`${url}${path}`, { method, headers: { connection: "close" } })).status

    expect(await status("HEAD")).toBe(200)
    expect(await status("POST")).toBe(405)
  })
})

describe("listening", () => {
  test("on a taken port says which, and which setting changes it", async () => {
    const { port } = await newListening()
    const logger = new KeptLogger()

    const second = startServer({ host: "127.0.0.1", port, game: stubGame(), logger })

    await expect(second).rejects.toThrow(ListenError)
    await expect(second).rejects.toThrow(`port ${port} of 127.0.0.1 is taken: set PORT`)
    // The error reports it to whoever started the server; a stack in the log would only bury that.
    expect(logger.seen).toEqual([])
  })

  test("on an address of another machine says so", async () => {
    const second = startServer({ host: "192.0.2.1", port: 0, game: stubGame(), logger: new KeptLogger() })

    await expect(second).rejects.toThrow("192.0.2.1 is not an address of this machine: set HOST")
  })

  test("reports where", async () => {
    const { url, port } = await newListening()

    expect(url).toBe(`http://127.0.0.1:${port}`)
    await new Promise<void>((resolve, reject) => {
      const socket = connect(port, "127.0.0.1", () => socket.end(resolve))
      socket.once("error", reject)
    })
  })
})
