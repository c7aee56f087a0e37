import "reflect-metadata"
import { Field, ObjectType, registerEnumType } from "type-graphql"
import { type RefusalCode, refusalCodes } from "../../domain/refusals.js"

export const RefusalCodeType = Object.fromEntries(refusalCodes.map(code => [code, code]))
registerEnumType(RefusalCodeType, { name: "RefusalCode", description: "Why the game's rules say no." })

@ObjectType("Refusal", { simpleResolvers: true, description: "The rules say no; nothing was recorded." })
export class RefusalType {
  @Field(() => RefusalCodeType)
  readonly code!: RefusalCode

  @Field(() => String, { description: "For a person: who wanted what, and what stands against it." })
  readonly message!: string
}
