import { numericError } from '../../core/index.ts'
import type { CurveRow } from '../../train/index.ts'

/** Share of the most that the teacher could tell the pictures of a batch apart by, below which it tells nothing. */
const leastShare = 0.02
/** Epochs in a row that have to be below: the first ones may be, before the centre is found. */
const epochs = 5

/**
 * Makes sure that the teacher still tells pictures apart, by what its outputs inform about them
 * (`information` of the curve): with one and the same output for all pictures there is nothing to learn.
 * @param sizes.prototypes K
 * @param sizes.products how many things a batch shows
 * @throws Numeric when its last five epochs say that it collapsed, and whether to one prototype or to all
 * @see Caron et al. 2021, section 5.3
 */
export function assertNotCollapsed(
  curve: readonly CurveRow[],
  { prototypes, products }: { readonly prototypes: number; readonly products: number },
): void {
  const last = curve.slice(-epochs)
  const most = Math.log(Math.min(prototypes, products))
  if (last.length < epochs || last.some(({ information }) => !(information! < leastShare * most)))
    return
  const { epoch, information, teacherEntropy } = last.at(-1)!
  const flat = teacherEntropy! > Math.log(prototypes) / 2
  const [how, remedy] = flat
    ? ['every prototype alike', 'lower the teacher’s temperature (0.04 is usual)']
    : [
        'one prototype',
        'take the centre off the teacher’s scores (momentum 0.9) or lower its momentum',
      ]
  throw numericError(
    `dino: the teacher collapsed, it gives all pictures ${how}: its outputs tell ${information!.toFixed(4)} nats about the picture in epoch ${epoch}, at least ${(leastShare * most).toFixed(4)} of ${most.toFixed(2)} are wanted (entropy ${teacherEntropy!.toFixed(2)} of ${Math.log(prototypes).toFixed(2)}); ${remedy}, or lower the learning rate`,
  )
}
