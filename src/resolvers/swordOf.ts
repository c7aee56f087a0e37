import { type CatalogueSword, findSword } from "../domain/catalogue.js"

/**
 * The sword of a type. Players may still own one that has left the catalogue: then only its type is known.
 */
export function swordOf(type: string): CatalogueSword {
  return findSword(type) ?? { type, name: type, price: 0, power: 0 }
}
