import type { OperationDefinitionNode } from "graphql"
import type { SubscribePayload } from "graphql-ws"

/** The variable for the cursor to resume after; a subscription without it starts from now on a new socket. */
const VARIABLE = "after"

/**
 * Resumes a subscription that is sent again on a new socket after the last notice received: without a gap.
 */
export class Resumption {
  /** Its variables are read, with the latest cursor, whenever it is sent. */
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

  /** Notes the cursor of a notice. */
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
