import { Duplex } from "node:stream"
import { setImmediate as turn } from "node:timers/promises"
import { expect, test } from "vitest"
import { WebSocket } from "ws"
import { CorkedSocket } from "../../src/server/corkedSocket.js"

/** What the system was handed, call by call. It takes nothing more until `drained`. */
class Connection extends Duplex {
  readonly calls: string[][] = []
  drained: () => void = () => {}

  override _read(): void {}

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.calls.push(chunks.map(({ chunk }) => chunk.toString()))
    this.drained = done
  }
}

/** A socket whose messages go out as they are. */
function newOutbox() {
  const connection = new Connection({ highWaterMark: 1 })
  const socket = {
    readyState: WebSocket.OPEN as number,
    OPEN: WebSocket.OPEN,
    get bufferedAmount() {
      return connection.writableLength
    },
    send: (text: string, handedOver?: () => void) => connection.write(text, () => handedOver?.()),
  }
  return { connection, socket, outbox: new CorkedSocket(socket as unknown as WebSocket, connection) }
}

test("what is sent in one turn goes to the system in one call", async () => {
  const { connection, outbox } = newOutbox()

  await outbox.send("one")
  await outbox.send("two")
  await turn()
  connection.drained()
  await outbox.send("three")
  await turn()

  expect(connection.calls).toEqual([["one", "two"], ["three"]])
})

test("who sends while 64 KB wait to be written waits until the system has taken them", async () => {
  const { connection, outbox } = newOutbox()
  await outbox.send("x".repeat(64 * 1024))
  let handedOver = false
  const sent = outbox.send("more").then(() => {
    handedOver = true
  })

  await turn()
  expect(handedOver).toBe(false)
  connection.drained()
  await turn()

  expect(handedOver).toBe(true)
  await sent
})

test("what is sent to a socket that is closing is dropped", async () => {
  const { connection, socket, outbox } = newOutbox()
  socket.readyState = WebSocket.CLOSING

  await outbox.send("late")
  await turn()

  expect(connection.calls).toEqual([])
})
