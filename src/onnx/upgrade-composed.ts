import { unsupportedOp } from '../core/index.ts'
import { sameShape, sizeOf } from '../tensor/index.ts'
import { type Attributes, floatOf, int, intOf } from './attribute.ts'
import { like, normalizeAxis } from './operators/broadcast.ts'
import * as o from './operators/index.ts'
import { apply, integers, type Value } from './value.ts'

/** A node with Values for inputs, as an upgrade takes and gives it. */
export interface Applied {
  readonly op: string
  readonly inputs: readonly (Value | null)[]
  readonly attributes: Attributes
}

// Operators of other operator sets, composed of those that Vitrine writes. Sizes of axes that may be
// free stand nowhere in them as numbers.

/** Softmax and the like before operator set 13: over all axes from one on together. */
export function flattenedSoftmax({ op, inputs }: Applied, axis: number): Value {
  const x = inputs[0]!
  const shape = [sizeOf(x.shape.slice(0, axis)), sizeOf(x.shape.slice(axis))]
  const rows = apply('Flatten', [x], { dtype: x.dtype, shape }, { axis: int(axis) })
  return o.reshapeLike(apply(op, [rows], rows, { axis: int(-1) }), x)
}

/** x · σ(α x), of operator set 24. */
export function swish({ inputs, attributes }: Applied): Value {
  const x = inputs[0]!
  return o.mul(x, o.sigmoid(o.mul(x, floatOf(attributes, 'alpha', 1))))
}

/** scale · x / √(mean x² + ε), of operator set 23, whose scale may be broadcast. */
export function rmsNormalization({ op, inputs, attributes }: Applied): Value {
  const [x, scale] = [inputs[0]!, inputs[1]!]
  const axis = normalizeAxis(op, intOf(attributes, 'axis', -1), x.shape.length)
  const wanted = x.shape.slice(axis)
  return o.rmsNormalization(x, {
    scale: sameShape(scale.shape, wanted) ? scale : o.expand(scale, wanted),
    axis,
    epsilon: floatOf(attributes, 'epsilon', 1e-5),
  })
}

/** With a scale and a shift for each channel, where operator set 18 had one for each group. */
export const groupNormalization = ({ inputs, attributes }: Applied): Value =>
  o.groupNormalization(inputs[0]!, {
    groups: intOf(attributes, 'num_groups', 1),
    scale: inputs[1]!,
    shift: inputs[2]!,
    epsilon: floatOf(attributes, 'epsilon', 1e-5),
  })

/**
 * softmax(Q Kᵀ / √D + mask) V, of operator set 23. [B, H, L, D] each, or [B, L, H · D] with the
 * numbers of heads as attributes; fewer heads of K and V are each used by several of Q.
 * @throws UnsupportedOp with a cache of keys and values, or a softcap
 */
export function attention({ inputs, attributes }: Applied, outputs: number): Value {
  const [query, keys, values, mask, ...past] = inputs
  if (outputs > 1 || past.some((value) => value != null))
    throw unsupportedOp(
      'Attention that remembers keys and values is not read; export the model without its cache',
    )
  if (floatOf(attributes, 'softcap', 0) !== 0)
    throw unsupportedOp('Attention with a softcap is not read; export it for operator set 22')
  const heads = (x: Value, attribute: string): Value =>
    x.shape.length === 4
      ? x
      : o.transpose(o.reshape(x, [0, 0, intOf(attributes, attribute, 1), -1]), [0, 2, 1, 3])
  const q = heads(query!, 'q_num_heads')
  const k = repeatHeads(heads(keys!, 'kv_num_heads'), q.shape[1]!)
  const v = repeatHeads(heads(values!, 'kv_num_heads'), q.shape[1]!)
  const scale = floatOf(attributes, 'scale', 1 / Math.sqrt(q.shape[3]!))
  let scores = o.matmul(o.mul(q, scale), o.transpose(k, [0, 1, 3, 2]))
  if (mask?.dtype === 'bool') scores = o.add(scores, o.where(mask, like(0, q), like(-Infinity, q)))
  else if (mask != null) scores = o.add(scores, mask)
  if (intOf(attributes, 'is_causal', 0) === 1) scores = o.add(scores, afterQuery(scores))
  const found = o.matmul(o.softmax(scores), v)
  if (query!.shape.length === 4) return found
  return o.reshape(o.transpose(found, [0, 2, 1, 3]), [0, 0, -1])
}

function repeatHeads(x: Value, heads: number): Value {
  const own = x.shape[1]!
  if (own === heads) return x
  const apart = o.unsqueeze(x, [2])
  const many = o.expand(apart, [1, 1, heads / own, 1, 1])
  return o.reshape(many, [0, heads, -1, x.shape[3]!])
}

/** −∞ for each key that comes after the query, 0 elsewhere. [..., L, S] → [L, S] */
function afterQuery(scores: Value): Value {
  const [rows, columns] = scores.shape.slice(-2) as [number, number]
  const sizes = o.slice(o.shapeOf(scores), [{ axis: 0, start: -2, end: scores.shape.length }])
  const { dtype, data } = like(-Infinity, scores)
  const square = { dtype, shape: [rows, columns] }
  const all = apply('ConstantOfShape', [sizes], square, {
    value: { type: 'tensor', value: { dtype, shape: [1], data } },
  })
  return apply('Trilu', [all, integers([1])], square, { upper: int(1) })
}
