import type { Catalogue, CatalogueSword } from "../domain/catalogue.js"

/**
 * The sword of a type. Players may still own one that has left the catalogue: then only its type is known.
 * Its price of 0 cannot be mistaken: nothing in a catalogue is free.
 */
export function swordOf(catalogue: Catalogue, type: string): CatalogueSword {
  return catalogue.sword(type) ?? { type, name: type, price: 0, power: 0 }
}
