import { GraphqlClient } from "./graphqlClient.js"
import { EXIT, output } from "./output.js"

export interface StatusOptions {
  readonly url: string
  readonly json: boolean
}

interface StatusAnswer {
  readonly status: {
    readonly realm: number
    readonly logId: string
    readonly head: number
    readonly tail: number
    readonly projected: number
    readonly engines: { readonly log: string; readonly views: string }
    readonly ready: boolean
  }
}

const STATUS = "{ status { realm logId head tail projected engines { log views } ready } }"

/** What a running server says of itself. Returns the exit code: 1 when it is not ready or does not answer. */
export async function status({ url, json }: StatusOptions): Promise<number> {
  const client = new GraphqlClient(url)
  try {
    const { data, errors } = await client.ask<StatusAnswer>(STATUS)
    if (!data) throw new Error(errors?.[0]?.message ?? "no data")
    const { status: said } = data
    if (json) output.json(said)
    else {
      output.line(`realm ${said.realm}, log ${said.logId}, ${said.ready ? "ready" : "NOT READY"}`)
      output.line(`offsets   head ${said.head}, tail ${said.tail}, projected ${said.projected}`)
      output.line(`engines   log ${said.engines.log}, views ${said.engines.views}`)
    }
    return said.ready ? EXIT.ok : EXIT.failed
  } catch (error) {
    output.note(`${url} does not answer: ${error instanceof Error ? error.message : error}`)
    output.note(
      "Is it running? Start it with scripts/start; `guildhall doctor` tells what else may be wrong.",
    )
    return EXIT.failed
  } finally {
    await client.close()
  }
}
