// Deletes a topic: deleteTopic.mjs BROKERS TOPIC. One that is not there is fine.
import { Kafka, logLevel } from "kafkajs"

const [brokers = "", topic = ""] = process.argv.slice(2)
const admin = new Kafka({ brokers: brokers.split(","), logLevel: logLevel.NOTHING }).admin()
try {
  await admin.connect()
  if ((await admin.listTopics()).includes(topic)) await admin.deleteTopics({ topics: [topic] })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
} finally {
  await admin.disconnect()
}
