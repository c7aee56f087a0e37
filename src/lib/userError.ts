/** What a person did or has to fix, said in the message; anything else that is thrown is a bug and shows its stack. */
export class UserError extends Error {
  override readonly name = "UserError"
}
