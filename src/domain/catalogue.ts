/** The server's catalogue: prices and strengths come from here, never from a client. Gold is in whole coins. */

export interface CatalogueSword {
  readonly type: string
  readonly name: string
  readonly price: number
  readonly power: number
}

export interface CatalogueMonster {
  readonly type: string
  readonly name: string
  readonly strength: number
  readonly gold: number
}

export const swords: readonly CatalogueSword[] = [
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

export const monsters: readonly CatalogueMonster[] = [
  { type: "rat", name: "Giant Rat", strength: 2, gold: 5 },
  { type: "goblin", name: "Goblin", strength: 5, gold: 15 },
  { type: "wolf", name: "Dire Wolf", strength: 9, gold: 30 },
  { type: "ogre", name: "Ogre", strength: 18, gold: 80 },
  { type: "troll", name: "Cave Troll", strength: 30, gold: 150 },
  { type: "dragon", name: "Dragon", strength: 60, gold: 600 },
]

const swordsByType = new Map(swords.map(sword => [sword.type, sword]))

/** The sword of a type, or undefined when the catalogue has none. */
export function findSword(type: string): CatalogueSword | undefined {
  return swordsByType.get(type)
}
