import { once } from "node:events"
import { type AddressInfo, connect, createServer, type Socket } from "node:net"

/** A connection between a browser and a server on this machine that can be cut. */
export class Cable {
  readonly #server = createServer(socket => this.#carry(socket))
  readonly #sockets = new Set<Socket>()
  readonly #port: number
  #cut = false

  private constructor(port: number) {
    this.#port = port
  }

  /** To the server on a port. */
  static async to(port: number): Promise<Cable> {
    const cable = new Cable(port)
    cable.#server.listen(0, "127.0.0.1")
    await once(cable.#server, "listening")
    return cable
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Cuts all connections abruptly, and lets no new ones through. */
  cut(): void {
    this.#cut = true
    for (const socket of this.#sockets) socket.destroy()
  }

  mend(): void {
    this.#cut = false
  }

  async close(): Promise<void> {
    this.cut()
    this.#server.close()
    await once(this.#server, "close")
  }

  #carry(near: Socket): void {
    if (this.#cut) {
      near.destroy()
      return
    }
    const far = connect(this.#port, "127.0.0.1")
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one)
      one.pipe(other)
      one.on("error", () => other.destroy())
      one.on("close", () => {
        this.#sockets.delete(one)
        other.destroy()
      })
    }
  }
}
