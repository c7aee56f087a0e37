import { GraphQLError, type GraphQLFormattedError } from "graphql"

/** An error that is already formatted for clients. */
export class RequestError extends GraphQLError {
  override readonly name = "RequestError"
  readonly formatted: GraphQLFormattedError

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message)
    this.formatted = formatted
  }
}
