import { catalogueType, GOLD_MAX, gold, integer, type Values, visibleText } from "./kinds.js"

/** The server's catalogue: prices and strengths come from here, never from a client. Gold is in whole coins. */
export interface Catalogue {
  /** Cheapest first. */
  readonly swords: readonly CatalogueSword[]
  /** Weakest first. */
  readonly monsters: readonly CatalogueMonster[]
  /** The sword of a type, or undefined when the catalogue has none. */
  sword(type: string): CatalogueSword | undefined
  /** The monster of a type, or undefined when the catalogue has none. */
  monster(type: string): CatalogueMonster | undefined
}

const name = visibleText(64)

/** The highest power and the highest strength. */
const MIGHT_MAX = 1_000_000

/** What a sword of the catalogue has. Nothing is free: a price of 0 marks what has left the catalogue. */
export const swordFields = {
  type: catalogueType,
  name,
  price: gold(1, GOLD_MAX),
  power: integer(0, MIGHT_MAX),
} as const

/** What a monster of the catalogue has; gold is the reward for defeating it. */
export const monsterFields = {
  type: catalogueType,
  name,
  strength: integer(1, MIGHT_MAX),
  gold: gold(0, GOLD_MAX),
} as const

export type CatalogueSword = Values<typeof swordFields>
export type CatalogueMonster = Values<typeof monsterFields>

/** A catalogue has at most this many swords, and as many monsters. */
export const CATALOGUE_MAX = 1000

const swords: readonly CatalogueSword[] = [
  { type: "wooden-sword", name: "Wooden Sword", price: 10, power: 1 },
  { type: "dagger", name: "Dagger", price: 25, power: 2 },
  { type: "gladius", name: "Gladius", price: 60, power: 4 },
  { type: "cutlass", name: "Cutlass", price: 90, power: 6 },
  { type: "katana", name: "Katana", price: 150, power: 9 },
  { type: "rapier", name: "Rapier", price: 220, power: 12 },
  { type: "longsword", name: "Longsword", price: 300, power: 15 },
  { type: "claymore", name: "Claymore", price: 450, power: 20 },
  { type: "flamberge", name: "Flamberge", price: 700, power: 27 },
  { type: "excalibur", name: "Excalibur", price: 2000, power: 50 },
]

const monsters: readonly CatalogueMonster[] = [
  { type: "rat", name: "Giant Rat", strength: 2, gold: 5 },
  { type: "goblin", name: "Goblin", strength: 5, gold: 15 },
  { type: "wolf", name: "Dire Wolf", strength: 9, gold: 30 },
  { type: "ogre", name: "Ogre", strength: 18, gold: 80 },
  { type: "troll", name: "Cave Troll", strength: 30, gold: 150 },
  { type: "dragon", name: "Dragon", strength: 60, gold: 600 },
]

/** A catalogue of these; each type occurs once. */
export function newCatalogue({ swords, monsters }: Pick<Catalogue, "swords" | "monsters">): Catalogue {
  const swordsByType = new Map(swords.map(sword => [sword.type, sword]))
  const monstersByType = new Map(monsters.map(monster => [monster.type, monster]))
  return {
    swords: [...swords].sort((a, b) => a.price - b.price),
    monsters: [...monsters].sort((a, b) => a.strength - b.strength),
    sword: type => swordsByType.get(type),
    monster: type => monstersByType.get(type),
  }
}

/** What is sold and fought unless a game names its own catalogue. */
export const builtInCatalogue: Catalogue = newCatalogue({ swords, monsters })
