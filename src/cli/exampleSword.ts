import type { CatalogueSword } from "../domain/catalogue.js"

/** What examples buy: a cheap sword of the catalogue, whose swords come cheapest first. */
export function exampleSword(swords: readonly CatalogueSword[]): string {
  return (swords[1] ?? swords[0])?.type ?? "dagger"
}
