import { GraphQLError, type GraphQLFormattedError } from "graphql"

/** An error that already has the shape in which a client gets it. */
export class RequestError extends GraphQLError {
  override readonly name = "RequestError"
  readonly formatted: GraphQLFormattedError

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message)
    this.formatted = formatted
  }
}
