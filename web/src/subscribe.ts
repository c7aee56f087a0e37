import type { Observable } from "@graphiql/toolkit"
import type { ExecutionResult, OperationDefinitionNode } from "graphql"
import type { Sink, SubscribePayload } from "graphql-ws"
import { connection } from "./connection.js"
import { isHeartbeat } from "./heartbeat.js"
import { Resumption } from "./resumption.js"
import { client } from "./socket.js"

/** A subscription that outlives its socket. It may be cancelled at any time. */
export function subscribe(
  operation: OperationDefinitionNode,
  payload: SubscribePayload,
): Observable<ExecutionResult> {
  const follow = (sink: Sink<ExecutionResult>) => {
    const resumption = new Resumption(operation, payload)
    let hasContent = false
    const end = client.subscribe(resumption.payload, {
      next(result) {
        resumption.saw(result.data)
        // The last notice with content stays visible.
        if (hasContent && isHeartbeat(result.data)) return
        hasContent ||= !isHeartbeat(result.data)
        sink.next(result as ExecutionResult)
      },
      error(error) {
        connection.isLost = false
        sink.error(asError(error))
      },
      complete: () => sink.complete(),
    })
    const unsubscribe = () => {
      connection.isLost = false
      end()
    }
    return { unsubscribe }
  }
  // GraphiQL calls it with a sink; the other signature of its type is not used.
  return { subscribe: follow as Observable<ExecutionResult>["subscribe"] }
}

/** GraphiQL shows messages, and the end of a socket has only a code. */
function asError(error: unknown): unknown {
  if (!(error instanceof CloseEvent)) return error
  return new Error(`the socket was closed: ${error.code} ${error.reason}`.trimEnd())
}
