import { describe, expect, test } from "vitest"
import { gameSchema } from "../../src/resolvers/schema.js"
import { ParsedDocuments } from "../../src/server/parsedDocuments.js"
import { examples } from "../../web/src/examples.js"
import { KeptLogger } from "../support/keptLogger.js"

/** How many characters of a line the editor shows next to the answer on a screen of 1280 pixels. */
const COLUMNS = 50

describe("the playground's examples", () => {
  const documents = new ParsedDocuments(gameSchema(), { logger: new KeptLogger(), production: false })

  test.each(examples)("keep to the schema and the limits: %#", query => {
    expect(documents.prepare(query)).toEqual(expect.objectContaining({ document: expect.anything() }))
  })

  test("are fully visible", () => {
    const lines = examples.flatMap(query => query.split("\n"))
    expect(lines.filter(line => line.length > COLUMNS)).toEqual([])
  })
})
