import { layerNorm, linear, type Scope } from './layers.ts'

export function perceptron<T>(scope: Scope<T>, x: T): T {
  return linear(scope, 'layers.1', scope.ops.relu(linear(scope, 'layers.0', x)))
}

/** The head on the last state of an LSTM, unrolled. [T, N, D] → [N, classes] */
export function lastState<T>(scope: Scope<T>, x: T, shape: readonly number[]): T {
  const { add, mul, tanh, sigmoid, matMul, reshape, transpose, split } = scope.ops
  const [length, batch, inputs] = shape as [number, number, number]
  const [w, r, b] = ['w', 'r', 'b'].map((name) => scope.weight(`lstm.layers.0.${name}`)) as [
    T,
    T,
    T,
  ]
  const [, gates, hidden] = scope.shapeOf('lstm.layers.0.r') as [number, number, number]
  const [ofInput, ofHidden] = split(reshape(b, [-1]), [gates, gates], 0) as [T, T]
  const every = matMul(reshape(x, [-1, inputs]), reshape(w, [gates, inputs]), false, true)
  const recurrent = transpose(reshape(r, [gates, hidden]), [1, 0])
  const biased = add(every, add(ofInput, ofHidden))
  const state: { h?: T; c?: T } = {} // zeros at first
  for (const share of split(biased, Array(length).fill(batch), 0)) {
    const { h, c } = state
    const given = h === undefined ? share : add(share, matMul(h, recurrent))
    const [open, fresh] = split(given, [3 * hidden, hidden], 1) as [T, T]
    const [i, o, f] = split(sigmoid(open), [hidden, hidden, hidden], 1) as [T, T, T]
    const added = mul(i, tanh(fresh))
    state.c = c === undefined ? added : add(mul(f, c), added)
    state.h = mul(o, tanh(state.c))
  }
  return linear(scope, 'head', state.h!)
}

/** ViT-S/16. [N, 3, H, W] → [N, classes] */
export function visionTransformer<T>(scope: Scope<T>, x: T, shape: readonly number[]): T {
  const { add, reshape, transpose, concat, tile, split } = scope.ops
  const [batch, , height, width] = shape as [number, number, number, number]
  const [patch, size] = [16, scope.shapeOf('classToken')[2]!]
  const [rows, columns] = [height / patch, width / patch]
  const grid = reshape(x, [batch, 3, rows, patch, columns, patch])
  const cut = transpose(grid, [0, 2, 4, 1, 3, 5])
  const patches = linear(scope, 'patches', reshape(cut, [batch * rows * columns, -1]))
  const length = 1 + rows * columns
  const tokens = concat(
    [tile(scope.weight('classToken'), [batch, 1, 1]), reshape(patches, [batch, length - 1, size])],
    1,
  )
  let y = add(tokens, transpose(scope.weight('positions'), [1, 0, 2]))
  for (let i = 0; i < 12; i++) y = transformerBlock(scope, `blocks.${i}`, y, [batch, length, size])
  const [first] = split(y, [1, length - 1], 1) as [T, T]
  return linear(scope, 'head', reshape(layerNorm(scope, 'norm', first), [batch, size]))
}

function transformerBlock<T>(
  scope: Scope<T>,
  name: string,
  x: T,
  [batch, length, size]: readonly [number, number, number],
): T {
  const { add, mul, div, erf, softmax, matMul, reshape, transpose } = scope.ops
  const heads = 6
  const rows = (y: T) => reshape(y, [batch * length, size])
  const back = (y: T) => reshape(y, [batch, length, size])
  const normed = rows(layerNorm(scope, `${name}.norm1`, x))
  const [q, k, v] = ['query', 'key', 'value'].map((part) => {
    const all = linear(scope, `${name}.attention.${part}`, normed)
    return transpose(reshape(all, [batch, length, heads, size / heads]), [0, 2, 1, 3])
  }) as [T, T, T]
  const shares = softmax(matMul(mul(q, (size / heads) ** -0.5), k, false, true))
  const joined = rows(transpose(matMul(shares, v), [0, 2, 1, 3]))
  const attended = add(x, back(linear(scope, `${name}.attention.output`, joined)))
  const wide = linear(
    scope,
    `${name}.mlp.layers.0`,
    rows(layerNorm(scope, `${name}.norm2`, attended)),
  )
  const gelu = mul(mul(wide, 0.5), add(erf(div(wide, Math.SQRT2)), 1))
  return add(attended, back(linear(scope, `${name}.mlp.layers.1`, gelu)))
}
