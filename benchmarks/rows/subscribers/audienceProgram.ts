import { WebSocket } from "ws"
import { inParallel } from "../../../src/load/inParallel.js"
import {
  groupName,
  monotonicNow,
  type NoticeMessage,
  type Received,
  SUBPROTOCOL,
  SUBSCRIBE,
} from "./protocol.js"

// The sockets of some subscribers, in a process of their own: started by audience.ts with the server's URL, the number
// of groups, and which subscribers (from, to exclusive). It sends "begun" once all have subscribed, and then, whenever
// it is asked, what they have received.

const OPENING_AT_A_TIME = 64
const HANDSHAKE_MS = 20_000

const [url = "", groups = "1", from = "0", to = "0"] = process.argv.slice(2)

let notices: Record<string, number[]> = {}
let bytes = 0
let closed = 0
let problems: string[] = []

const subscribers = Array.from({ length: Number(to) - Number(from) }, (_, n) => Number(from) + n)
const sockets: WebSocket[] = []
process.once("disconnect", () => {
  for (const socket of sockets) socket.terminate()
})
await inParallel(subscribers, OPENING_AT_A_TIME, n => begin(groupName(n % Number(groups))))
process.on("message", () => {
  const received: Received = { notices, bytes, closed, problems }
  notices = {}
  bytes = 0
  closed = 0
  problems = []
  process.send?.(received)
})
process.send?.("begun")

/** Resolves at the first notice. */
function begin(region: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, SUBPROTOCOL, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_MS,
    })
    sockets.push(socket)
    let last = ""
    socket.on("open", () => socket.send(JSON.stringify({ type: "connection_init" })))
    socket.on("message", (data: Buffer) => {
      const at = monotonicNow()
      const text = data.toString()
      const message: NoticeMessage = JSON.parse(text)
      if (message.type === "connection_ack") {
        const payload = { query: SUBSCRIBE, variables: { filter: { region } } }
        socket.send(JSON.stringify({ id: "1", type: "subscribe", payload }))
      } else if (message.type === "ping") {
        socket.send('{"type":"pong"}')
      } else {
        const notice = message.type === "next" ? message.payload?.data?.notice : undefined
        if (notice === undefined || notice === null) problems.push(`expected a notice, got ${text}`)
        else if (notice.purchase === null) resolve()
        else take(notice.purchase.id)
      }

      function take(id: string): void {
        if (id === last) problems.push(`the notice of ${id} came twice`)
        last = id
        bytes += data.length
        const all = notices[id]
        if (all === undefined) notices[id] = [at]
        else all.push(at)
      }
    })
    socket.on("error", reject)
    socket.on("close", code => {
      closed += 1
      reject(new Error(`the server closed a socket with ${code}`))
    })
  })
}
