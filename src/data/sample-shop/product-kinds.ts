import { backpack, cap, toteBag, trainer, tShirt } from './clothes-shapes.ts'
import { book, cushion, lamp, plantPot } from './home-shapes.ts'
import { bottle, cerealBox, jar, mug, tin } from './kitchen-shapes.ts'
import type { Paint } from './paint.ts'

/** A sort of product that the shop sells. */
export interface ProductKind {
  /** As in a title: `mug`. */
  readonly name: string
  /** Turning it moves the print sideways under the outline; a flat one is only foreshortened. */
  readonly round: boolean
  /** SVG on a field of 200 x 200. */
  readonly draw: (paint: Paint) => string
}

/** Everything on the shelves. */
export const productKinds: readonly ProductKind[] = [
  { name: 'mug', round: true, draw: mug },
  { name: 'T-shirt', round: false, draw: tShirt },
  { name: 'bottle', round: true, draw: bottle },
  { name: 'trainer', round: false, draw: trainer },
  { name: 'tin', round: true, draw: tin },
  { name: 'tote bag', round: false, draw: toteBag },
  { name: 'cereal box', round: false, draw: cerealBox },
  { name: 'cap', round: true, draw: cap },
  { name: 'plant pot', round: true, draw: plantPot },
  { name: 'book', round: false, draw: book },
  { name: 'lamp', round: true, draw: lamp },
  { name: 'cushion', round: false, draw: cushion },
  { name: 'jar', round: true, draw: jar },
  { name: 'backpack', round: false, draw: backpack },
]
