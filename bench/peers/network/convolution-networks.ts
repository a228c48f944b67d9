import { batchNorm, linear, type Scope } from './layers.ts'

const picture = [0, 2, 3]

/** How alike two pictures of each pair are. Two of [N, 1, 105, 105] → [N, 1] */
export function siameseLogits<T>(scope: Scope<T>, pictures: readonly T[]): T {
  const { abs, relu, sub, maxPool, reshape, add } = scope.ops
  const [one, two] = pictures.slice(0, 2).map((x) => {
    let y = x
    for (const stage of [0, 1, 2, 3].map((i) => `stages.${i}`)) {
      const bias = reshape(scope.weight(`${stage}.conv.bias`), [1, -1, 1, 1])
      if (stage !== 'stages.0') y = maxPool(y, 2, 2, 0)
      y = add(scope.ops.conv(y, scope.weight(`${stage}.conv.weight`), 1, 0), bias)
      y = relu(batchNorm(scope, `${stage}.norm`, y, picture))
    }
    const [, inputs] = scope.shapeOf('description.weight') as [number, number]
    const described = linear(scope, 'description', reshape(y, [-1, inputs]))
    return relu(batchNorm(scope, 'norm', described, [0]))
  }) as [T, T]
  return linear(scope, 'head', abs(sub(one, two)))
}

/** [N, 3, H, W] → [N, classes] */
export function resnet18<T>(scope: Scope<T>, x: T): T {
  const { add, relu, conv, maxPool, mean } = scope.ops
  const step = (name: string, norm: string, y: T, stride: number) => {
    const filter = scope.weight(`${name}.weight`)
    const padding = (scope.shapeOf(`${name}.weight`)[2]! - 1) / 2
    return batchNorm(scope, norm, conv(y, filter, stride, padding), picture)
  }
  let y = maxPool(relu(step('conv', 'norm', x, 2)), 3, 2, 1)
  for (let i = 0; i < 8; i++) {
    const [stage, block] = [Math.floor(i / 2), i % 2]
    const [name, widens] = [`stages.${stage}.${block}`, stage > 0 && block === 0]
    const stride = widens ? 2 : 1
    const past = widens ? step(`${name}.shortcut.conv`, `${name}.shortcut.norm`, y, stride) : y
    const inner = relu(step(`${name}.conv1`, `${name}.norm1`, y, stride))
    y = relu(add(past, step(`${name}.conv2`, `${name}.norm2`, inner, 1)))
  }
  return linear(scope, 'head', mean(y, [2, 3]))
}
