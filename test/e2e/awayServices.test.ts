import { expect, onTestFinished, test } from "vitest"
import { temporaryFolder } from "../support/folder.js"
import { freePort, Guildhall } from "../support/guildhall.js"
import { badChecks, enginesUp, readyz, statusOf } from "../support/health.js"

const WITHIN = { timeout: 90_000, interval: 500 }

test("HDFS and Presto that are away: /readyz, status, doctor and the metrics name lake and history, requests are taken", async () => {
  const port = await freePort()
  const settings = {
    DATA_DIR: await temporaryFolder(),
    PORT: await freePort(),
    LOG_LEVEL: "warn",
    WEBHDFS_URL: `http://127.0.0.1:${port}`,
    HDFS_URL: `hdfs://127.0.0.1:${port}`,
    PRESTO_URL: `http://127.0.0.1:${port}`,
  }
  const server = await Guildhall.serve(settings)
  onTestFinished(() => server.kill9())

  const away = [
    expect.stringMatching(/^lake: HDFS at .*WEBHDFS_URL.*connection refused/),
    expect.stringMatching(/^history: presto at .*PRESTO_URL.*ECONNREFUSED/),
  ]
  await expect.poll(() => readyz(server), WITHIN).toEqual({ status: 200, reasons: [], degraded: away })
  expect(await enginesUp(server)).toEqual(["log", "views"])
  expect(await statusOf(server)).toMatch(
    /ready[\s\S]*landed -[\s\S]*degraded {2}lake: [\s\S]*degraded {2}history: presto/,
  )
  expect(await badChecks(settings)).toEqual(["lake", "history"])
})
