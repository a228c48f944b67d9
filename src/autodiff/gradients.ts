import { AppError, invalidInput, shapeError, unsupportedOp } from '../core/index.ts'
import {
  constant,
  type GradientRule,
  type Node,
  noGradient,
  operatorName,
  reachable,
  type Value,
} from '../onnx/index.ts'
import { allocate, formatShape, sameShape, sizeOf } from '../tensor/index.ts'
import { gradientRules } from './rules.ts'
import { sumGradients } from './sum-gradients.ts'

/**
 * The gradients of a scalar with respect to Values it is computed from (reverse mode).
 *
 * Only what lies between the loss and `wrt` is differentiated; the result is Values, to be
 * computed in the same graph.
 *
 * @param loss [] or one element
 * @param wrt the Values to differentiate by
 * @returns ∂loss/∂wrt[i], each of the shape of wrt[i]
 * @throws Shape when the loss is no scalar of a float dtype; UnsupportedOp when an operator has no rule;
 *   InvalidInput when the loss does not depend on one of `wrt`
 */
export function gradients(loss: Value, wrt: readonly Value[]): Value[] {
  if (sizeOf(loss.shape) !== 1)
    throw shapeError(
      `gradients: the loss has shape ${formatShape(loss.shape)}, it must be a scalar; reduce it with reduceMean or reduceSum`,
    )
  if (!loss.dtype.startsWith('float'))
    throw shapeError(
      `gradients: the loss is ${loss.dtype}, it must be float32 or float64; cast what it is made of`,
    )
  const { nodes } = reachable([loss])
  const relevant = dependents(nodes, wrt)
  const { dtype, shape } = loss
  const one = constant({ dtype, shape, data: (allocate(dtype, 1) as Float32Array).fill(1) })
  const contributions = new Map<Value, Value[]>([[loss, [one]]])
  const gradientOf = (value: Value): Value | undefined => {
    const found = contributions.get(value)
    if (found === undefined || found.length === 1) return found?.[0]
    const sum = sumGradients(found)
    contributions.set(value, [sum])
    return sum
  }
  for (const node of nodes.toReversed()) {
    if (!node.outputs.some((output) => relevant.has(output))) continue
    const incoming = node.outputs.map(gradientOf)
    if (incoming.every((gradient) => gradient === undefined)) continue
    gradientsOfInputs(node, incoming).forEach((gradient, i) => {
      const target = node.inputs[i]
      if (gradient === undefined || target == null || !relevant.has(target)) return
      assertOfInput(node, gradient, i)
      const known = contributions.get(target)
      if (known === undefined) contributions.set(target, [gradient])
      else known.push(gradient)
    })
  }
  return wrt.map((value, i) => {
    const gradient = gradientOf(value)
    if (gradient === undefined)
      throw invalidInput(
        `gradients: the loss does not depend on value ${i} of shape ${formatShape(value.shape)}, or only through what has no slope (Floor, Sign, integers); leave it out or connect it`,
        { details: { index: i } },
      )
    return gradient
  })
}

/** The node's rule applied; what goes wrong names the node, where it came from a file. */
function gradientsOfInputs(
  node: Node,
  incoming: readonly (Value | undefined)[],
): readonly (Value | undefined)[] {
  const place = node.name === undefined ? '' : ` (node "${node.name}")`
  const rule = ruleOf(node)
  if (rule === undefined) {
    const best =
      node.domain === 'com.microsoft'
        ? "onnxruntime's optimizer makes such operators of several others: take the model as it was before"
        : 'add one (docs/extending/add-an-operator.md)'
    throw unsupportedOp(
      `gradients: operator ${operatorName(node)}${place} has no gradient rule; ${best}, put stopGradient before it, or train only what comes after it`,
    )
  }
  try {
    return rule(node, incoming)
  } catch (error) {
    if (!(error instanceof AppError) || place === '') throw error
    const { code, message, details } = error
    throw new AppError(code, `gradients:${place} ${message}`, { cause: error, details })
  }
}

/** A rule that forgets to sum what was broadcast, or to cast, would go unnoticed till the step is compiled. */
function assertOfInput(node: Node, gradient: Value, i: number): void {
  const input = node.inputs[i]!
  if (gradient.dtype === input.dtype && sameShape(gradient.shape, input.shape)) return
  const described = ({ dtype, shape }: Value): string => `${dtype} ${formatShape(shape)}`
  throw shapeError(
    `gradients: the rule of ${operatorName(node)} gives ${described(gradient)} for its input ${i}, which is ${described(input)}; sum what was broadcast to the shape of the input, and cast to its dtype`,
  )
}

const ruleOf = (node: Node): GradientRule | undefined =>
  node.gradient ?? gradientRules[operatorName(node)]

/** All Values through which a gradient reaches any of `wrt`, these included: floats only. */
function dependents(nodes: readonly Node[], wrt: readonly Value[]): ReadonlySet<Value> {
  const found = new Set<Value>(wrt)
  for (const node of nodes)
    if (
      ruleOf(node) !== noGradient &&
      node.inputs.some((value) => value !== null && found.has(value))
    )
      for (const output of node.outputs) if (output.dtype.startsWith('float')) found.add(output)
  return found
}
