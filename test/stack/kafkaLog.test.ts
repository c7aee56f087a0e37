import { logContract } from "../contract/log.js"
import { deleteTopic, freshTopic, openTestLog } from "./support/kafka.js"

logContract("Kafka", async () => {
  const topic = freshTopic()
  const connect = () => openTestLog({ topic })
  const log = await connect()
  const reopen = async () => {
    await log.close()
    return connect()
  }
  return { log, connect, reopen, cleanup: () => deleteTopic(topic) }
})
