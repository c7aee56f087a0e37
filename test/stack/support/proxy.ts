import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"

/** Stands between a client and a server, to lose what they send each other. */
export class LossyProxy {
  readonly port: number
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cutOnAnswer = false

  private constructor(server: Server, port: number) {
    this.#server = server
    this.port = port
  }

  static async to(port: number): Promise<LossyProxy> {
    const server = createServer().listen(0, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    if (address === null || typeof address === "string") throw new Error("no port")
    const proxy = new LossyProxy(server, address.port)
    server.on("connection", client => proxy.#join(client, connect(port, "127.0.0.1")))
    return proxy
  }

  /** The next answer of the server is lost, and its connection with it. */
  loseNextAnswer(): void {
    this.#cutOnAnswer = true
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, "close")
  }

  #join(client: Socket, upstream: Socket): void {
    for (const socket of [client, upstream]) {
      this.#sockets.add(socket)
      socket.on("error", () => {})
      socket.on("close", () => {
        this.#sockets.delete(socket)
        client.destroy()
        upstream.destroy()
      })
    }
    client.on("data", bytes => upstream.write(bytes))
    upstream.on("data", bytes => {
      if (!this.#cutOnAnswer) client.write(bytes)
      else {
        this.#cutOnAnswer = false
        client.destroy()
      }
    })
  }
}
