import type { OperationDefinitionNode } from "graphql"
import type { SubscribePayload } from "graphql-ws"

/** The variable for the place to go on from; a subscription that has none starts again on a new socket. */
const VARIABLE = "after"

/** Goes on after the last notice that came, when a subscription is sent again on a new socket: so without a gap. */
export class Resumption {
  /** Reads the place whenever it is sent. */
  readonly payload: SubscribePayload
  readonly #resumable: boolean
  #cursor: string | null = null

  constructor({ variableDefinitions = [] }: OperationDefinitionNode, payload: SubscribePayload) {
    this.#resumable = variableDefinitions.some(({ variable }) => variable.name.value === VARIABLE)
    const variables = () => this.#variables(payload.variables)
    this.payload = {
      ...payload,
      get variables() {
        return variables()
      },
    }
  }

  /** Takes the cursor of a notice that came. */
  saw(data: Readonly<Record<string, unknown>> | null | undefined): void {
    for (const notice of Object.values(data ?? {})) {
      const cursor =
        typeof notice === "object" && notice !== null && "cursor" in notice ? notice.cursor : null
      if (typeof cursor === "string") this.#cursor = cursor
    }
  }

  #variables(given: SubscribePayload["variables"]): Record<string, unknown> | null {
    if (!this.#resumable || this.#cursor === null) return given ?? null
    return { ...given, [VARIABLE]: this.#cursor }
  }
}
