import { eventTypes } from "./events.js"
import type { Field } from "./kinds.js"

export interface EventSchema {
  readonly name: string
  readonly version: number
  /** A JSON Schema (2020-12) of the event as the log holds it. */
  readonly schema: object
}

/** The JSON Schemas of the registered event types, for `schema/events/`. */
export function eventSchemas(registry = eventTypes): EventSchema[] {
  return [...registry.values()].map(({ name, version, fields }) => {
    const all = Object.entries(fields)
    const data = objectOf(all.filter(([, field]) => !field.personal))
    const personal = all.filter(([, field]) => field.personal)
    const properties = { type: { const: name }, v: { const: version }, data }
    const apart =
      personal.length === 0 ? {} : { personal: { ...objectOf(personal, false), "x-personal": true } }
    const schema = {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      title: `${name} version ${version}`,
      type: "object",
      properties: { ...properties, ...apart },
      required: Object.keys(properties),
    }
    return { name, version, schema }
  })
}

/** The JSON Schema of an object with these fields. Personal ones may be erased: then none is `required`. */
export function objectOf(fields: readonly (readonly [string, Field<unknown>])[], required = true): object {
  const properties = Object.fromEntries(
    fields.map(([name, { schema, name: kind }]) => [name, { ...schema, "x-kind": kind }]),
  )
  return { type: "object", properties, ...(required && { required: fields.map(([name]) => name) }) }
}
