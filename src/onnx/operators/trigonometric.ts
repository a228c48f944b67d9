import { apply, type Value } from '../value.ts'

/** sin x. */
export const sin = (x: Value): Value => apply('Sin', [x], x)
/** cos x. */
export const cos = (x: Value): Value => apply('Cos', [x], x)
/** tan x. */
export const tan = (x: Value): Value => apply('Tan', [x], x)
/** arcsin x, of x in [−1, 1]. */
export const asin = (x: Value): Value => apply('Asin', [x], x)
/** arccos x, of x in [−1, 1]. */
export const acos = (x: Value): Value => apply('Acos', [x], x)
/** arctan x. */
export const atan = (x: Value): Value => apply('Atan', [x], x)
/** (eˣ − e⁻ˣ) / 2. */
export const sinh = (x: Value): Value => apply('Sinh', [x], x)
/** (eˣ + e⁻ˣ) / 2. */
export const cosh = (x: Value): Value => apply('Cosh', [x], x)
/** arsinh x = ln(x + √(x² + 1)). */
export const asinh = (x: Value): Value => apply('Asinh', [x], x)
/** arcosh x = ln(x + √(x² − 1)), of x ≥ 1. */
export const acosh = (x: Value): Value => apply('Acosh', [x], x)
/** artanh x = ½ ln((1 + x) / (1 − x)), of x in (−1, 1). */
export const atanh = (x: Value): Value => apply('Atanh', [x], x)
