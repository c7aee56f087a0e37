/** Something that the user did or has to fix; the message says what. Any other error is a bug and shows its stack. */
export class UserError extends Error {
  override readonly name = "UserError"
}
