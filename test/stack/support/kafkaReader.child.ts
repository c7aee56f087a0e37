import { openTestLog } from "./kafka.js"

/** Prints the offset of every record of a topic, as it reads it. Arguments: brokers, topic, session timeout in ms. */
const [brokers = "", topic = "", sessionTimeoutMs = ""] = process.argv.slice(2)
const log = await openTestLog({
  brokers: brokers.split(","),
  topic,
  sessionTimeoutMs: Number(sessionTimeoutMs),
})
for await (const { records } of log.read(0, new AbortController().signal)) {
  for (const { offset } of records) process.stdout.write(`${offset}\n`)
}
