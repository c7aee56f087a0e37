import type { Server } from "node:http"
import type { AddressInfo } from "node:net"
import type { Logger } from "../ports/logger.js"

/** The server cannot listen on its port. */
export class ListenError extends Error {
  override readonly name = "ListenError"
}

export interface ListenOptions {
  readonly host: string
  /** 0 chooses a free one. */
  readonly port: number
  readonly logger: Logger
}

/** Starts to listen. Throws ListenError, which says what to change. */
export function listen(server: Server, { host, port, logger }: ListenOptions): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => reject(listenError(error, host, port))
    server.once("error", failed)
    server.listen(port, host, () => {
      server.off("error", failed)
      server.on("error", error => logger.error({ error: error.stack }, "http: the server failed"))
      resolve(server.address() as AddressInfo)
    })
  })
}

function listenError(cause: NodeJS.ErrnoException, host: string, port: number): ListenError {
  const where = `port ${port} of ${host}`
  switch (cause.code) {
    case "EADDRINUSE":
      return new ListenError(`${where} is taken: set PORT to another one; 0 takes a free one`, { cause })
    case "EACCES":
      return new ListenError(`${where} may not be used by this user: set PORT to one above 1023`, { cause })
    case "EADDRNOTAVAIL":
      return new ListenError(`${host} is not an address of this machine: set HOST to another one`, { cause })
    default:
      return new ListenError(`cannot listen on ${where}: ${cause.message}`, { cause })
  }
}
