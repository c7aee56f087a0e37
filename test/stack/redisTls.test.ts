import { execFile } from "node:child_process"
import { join } from "node:path"
import { promisify } from "node:util"
import { expect, test } from "vitest"
import { startChild } from "../support/child.js"
import { temporaryFolder } from "../support/folder.js"
import { freePort } from "./support/redis.js"
import { openViews, startRedis, unavailable } from "./support/redisViews.js"

const client = new URL("./support/redisTlsClient.child.ts", import.meta.url)

/** A Redis that speaks TLS, with a certificate that it signed itself, for `localhost`. */
async function startTls(): Promise<{ readonly url: string; readonly certificate: string }> {
  const folder = await temporaryFolder()
  const key = join(folder, "key.pem")
  const certificate = join(folder, "certificate.pem")
  const subject = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
  const kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"]
  await promisify(execFile)("openssl", ["req", ...kind, "-keyout", key, "-out", certificate, ...subject])
  const port = await freePort()
  const files = ["--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no"]
  await startRedis(["--tls-port", `${port}`, ...files])
  return { url: `rediss://localhost:${port}`, certificate }
}

test("rediss:// refuses a certificate that nobody vouches for", async () => {
  const { url } = await startTls()
  const store = await openViews(url)

  expect(await unavailable(store.read(1, { documents: [], keys: [] }))).toContain("self-signed certificate")
})

test("rediss:// speaks TLS with a certificate that the system trusts", async () => {
  const { url, certificate } = await startTls()
  const child = startChild(client, [url], ["env", `NODE_EXTRA_CA_CERTS=${certificate}`])

  expect(await child.line(line => line.startsWith("read"))).toBe("read 1 A")
})
