import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { input } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Tensor, tensor, zeros } from '../tensor/index.ts'
import { type DinoViews, dinoCentre, dinoLoss } from './dino-loss.ts'

interface Given {
  readonly student: Tensor
  readonly teacher: Tensor
  readonly centre: Tensor
}

/** All that the loss gives, and its slope by the student's scores. */
async function at(
  given: Given,
  temperatures = { studentTemperature: 0.5, teacherTemperature: 0.3 },
) {
  const of = (name: keyof Given) => input(name, given[name].shape)
  const views = { student: of('student'), teacher: of('teacher'), centre: of('centre') }
  const found = dinoLoss({ ...views, ...temperatures })
  const [slope] = gradients(found.loss, [views.student])
  const outputs = await evaluate({ ...found, slope: slope! }, { ...given }, { threads: 1 })
  const number = (name: 'loss' | 'entropy' | 'divergence' | 'information') =>
    Number(outputs[name].data[0])
  return {
    loss: number('loss'),
    entropy: number('entropy'),
    divergence: number('divergence'),
    information: number('information'),
    slope: Array.from(outputs.slope.data, Number),
  }
}

const sizes = fc.record({
  views: fc.integer({ min: 2, max: 5 }),
  taught: fc.integer({ min: 1, max: 2 }),
  batch: fc.integer({ min: 1, max: 4 }),
  prototypes: fc.integer({ min: 2, max: 6 }),
  seed: fc.integer(),
})

function drawn(size: {
  views: number
  taught: number
  batch: number
  prototypes: number
  seed: number
}): Given {
  const { views, taught, batch, prototypes, seed } = size
  const rng = rngFromSeed(seed)
  return {
    student: random('float32', [views, batch, prototypes], rng),
    teacher: random('float32', [taught, batch, prototypes], rng),
    centre: random('float32', [prototypes], rng),
  }
}

/** The same rows of the last axis but one in another order, in every view. */
function permuted(x: Tensor, order: readonly number[], axis: 1 | 2): Tensor {
  const [views, batch, k] = x.shape as [number, number, number]
  const data = Float32Array.from({ length: x.data.length }, (_, i) => {
    const [v, b, p] = [Math.floor(i / (batch * k)), Math.floor(i / k) % batch, i % k]
    const [row, column] = axis === 1 ? [order[b]!, p] : [b, order[p]!]
    return Number(x.data[(v * batch + row) * k + column])
  })
  return tensor('float32', [views, batch, k], data)
}

test('uniform outputs give ln K, whatever the number of views', () =>
  fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      const { student, teacher } = drawn(size)
      const found = await at({
        student: zeros(student.shape),
        teacher: zeros(teacher.shape),
        centre: zeros([size.prototypes]),
      })
      expect(found.loss).toBeCloseTo(Math.log(size.prototypes), 5)
      expect(found.entropy).toBeCloseTo(Math.log(size.prototypes), 5)
      expect(found.divergence).toBeCloseTo(0, 5)
      expect(found.information).toBeCloseTo(0, 5)
    }),
    { numRuns: 15 },
  ))

test('loss = entropy + divergence, divergence and information are not negative', () =>
  fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      const { loss, entropy, divergence, information } = await at(drawn(size))
      expect(loss).toBeCloseTo(entropy + divergence, 5)
      expect(divergence).toBeGreaterThan(-1e-5)
      expect(information).toBeGreaterThan(-1e-5)
      expect(information).toBeLessThan(Math.log(size.prototypes) + 1e-5)
    }),
    { numRuns: 25 },
  ))

test('neither the order of the batch nor that of the prototypes matters', () =>
  fc.assert(
    fc.asyncProperty(sizes, async (size) => {
      const given = drawn(size)
      const rng = rngFromSeed(size.seed + 1)
      const things = rng.shuffle([...Array(size.batch).keys()])
      const prototypes = rng.shuffle([...Array(size.prototypes).keys()])
      const { loss, information } = await at(given)
      const otherwise = (x: Tensor) => permuted(permuted(x, things, 1), prototypes, 2)
      const found = await at({
        student: otherwise(given.student),
        teacher: otherwise(given.teacher),
        centre: tensor(
          'float32',
          [size.prototypes],
          Float32Array.from(prototypes, (k) => Number(given.centre.data[k])),
        ),
      })
      expect(found.loss).toBeCloseTo(loss, 4)
      expect(found.information).toBeCloseTo(information, 4)
    }),
    { numRuns: 15 },
  ))

test('no gradient passes to the teacher, nor to its centre', () => {
  const { student, teacher, centre } = drawn({
    views: 3,
    taught: 2,
    batch: 2,
    prototypes: 4,
    seed: 1,
  })
  const views = {
    student: input('student', student.shape),
    teacher: input('teacher', teacher.shape),
    centre: input('centre', centre.shape),
    studentTemperature: 0.1,
    teacherTemperature: 0.04,
  }
  const { loss } = dinoLoss(views)
  for (const silent of [views.teacher, views.centre])
    expect(() => gradients(loss, [silent])).toThrow(/does not depend/)
  const next = dinoCentre({ ...views, momentum: 0.9, step: input('step', []) })
  expect(() => gradients(next, [views.teacher])).toThrow()
})

test('a student that says what the teacher says has the divergence 0 and no slope', async () => {
  const one = drawn({ views: 2, taught: 1, batch: 3, prototypes: 5, seed: 3 })
  // two views with equal scores, and the teacher's as the same scores at the same temperature
  const row = one.teacher.data as Float32Array
  const student = tensor('float32', [2, 3, 5], Float32Array.of(...row, ...row))
  const same = { studentTemperature: 0.2, teacherTemperature: 0.2 }
  const found = await at({ student, teacher: one.teacher, centre: zeros([5]) }, same)
  expect(found.divergence).toBeCloseTo(0, 5)
  for (const slope of found.slope) expect(Math.abs(slope)).toBeLessThan(1e-5)
})

test('information is 0 where all get one answer, sharp or flat, and ln K where each gets its own', async () => {
  const sharp = (winner: (b: number) => number) => {
    const data = Float32Array.from({ length: 16 }, (_, i) =>
      i % 4 === winner(Math.floor(i / 4)) ? 60 : 0,
    )
    const teacher = tensor('float32', [1, 4, 4], data)
    return at({ student: zeros([2, 4, 4]), teacher, centre: zeros([4]) })
  }
  const [same, own] = [await sharp(() => 2), await sharp((b) => b)]
  expect(same.entropy).toBeCloseTo(0, 6)
  expect(same.information).toBeCloseTo(0, 6)
  expect(own.entropy).toBeCloseTo(0, 6)
  expect(own.information).toBeCloseTo(Math.log(4), 5)
})

test('the centre is the mean of the first batches, then moves towards each one', async () => {
  const { teacher, centre } = drawn({ views: 2, taught: 2, batch: 3, prototypes: 4, seed: 5 })
  const next = dinoCentre({
    teacher: input('teacher', teacher.shape),
    centre: input('centre', centre.shape),
    momentum: 0.75,
    step: input('step', []),
  })
  for (const [step, kept] of [
    [1, 0],
    [2, 1 / 2],
    [3, 2 / 3],
    [4, 0.75],
    [100, 0.75],
  ] as const) {
    const at = tensor('float32', [], Float32Array.of(step))
    const found = await evaluate({ next }, { teacher, centre, step: at })
    for (let k = 0; k < 4; k++) {
      let sum = 0
      for (let row = 0; row < 6; row++) sum += Number(teacher.data[row * 4 + k])
      const wanted = kept * Number(centre.data[k]) + ((1 - kept) * sum) / 6
      expect(Number(found.next.data[k])).toBeCloseTo(wanted, 5)
    }
  }
})

test.each<[string, Partial<DinoViews>, RegExp]>([
  [
    'one view',
    { student: input('s', [1, 2, 3]), teacher: input('t', [1, 2, 3]) },
    /V of 2 or more/,
  ],
  ['more for the teacher', { teacher: input('t', [3, 2, 3]) }, /teacher \[3, 2, 3\]/],
  [
    'another batch',
    { teacher: input('t', [2, 4, 3]) },
    /wanted \[V, B, K\], \[G, B, K\] and \[K\]/,
  ],
  ['another centre', { centre: input('c', [4]) }, /centre \[4\]/],
  ['rows', { student: input('s', [2, 3]) }, /student \[2, 3\]/],
  ['cold student', { studentTemperature: 0 }, /student’s temperature is 0, it must be positive/],
  ['cold teacher', { teacherTemperature: -1 }, /teacher’s temperature is -1/],
])('%s is refused', (_, wrong, message) => {
  const right = {
    student: input('s', [2, 2, 3]),
    teacher: input('t', [2, 2, 3]),
    centre: input('c', [3]),
    studentTemperature: 0.1,
    teacherTemperature: 0.04,
  }
  expect(() => dinoLoss({ ...right, ...wrong })).toThrow(message)
  expect(() => dinoCentre({ ...right, momentum: 1, step: input('step', []) })).toThrow(
    /momentum is 1/,
  )
})
