import { assertBelowOne, assertPositive, shapeError } from '../core/index.ts'
import {
  add,
  div,
  exp,
  log,
  logSoftmax,
  maximum,
  minimum,
  mul,
  neg,
  reciprocal,
  reduceMean,
  reduceSum,
  slice,
  stopGradient,
  sub,
  type Value,
} from '../onnx/index.ts'
import { formatShape, sameShape } from '../tensor/index.ts'

/** What {@link dinoLoss} takes. */
export interface DinoViews {
  /** [V, B, K] the student's scores of K prototypes for V views of B things, the teacher's views first. */
  readonly student: Value
  /** [G, B, K] the teacher's scores, not differentiated. */
  readonly teacher: Value
  /** [K] what is taken off the teacher's scores, see {@link dinoCentre}. */
  readonly centre: Value
  /** 0.1 is usual. A Value is []. */
  readonly studentTemperature: number | Value
  /** Below the student's, which sharpens what it is taught; 0.04 to 0.07 is usual. */
  readonly teacherTemperature: number | Value
}

/** What {@link dinoLoss} gives: all [], in nats. */
export interface DinoLoss {
  readonly loss: Value
  /** Mean entropy of a teacher's distribution: ln K where it says nothing, 0 where it is certain. */
  readonly entropy: Value
  /** Mean Kullback-Leibler divergence of the student's from the teacher's: loss − entropy. */
  readonly divergence: Value
  /**
   * What the teacher's distributions tell about the views: the entropy of their mean less their mean
   * entropy. 0 where all views get the same one, sharp or flat: collapse.
   */
  readonly information: Value
}

/**
 * Self-distillation: the student's distribution over prototypes for each view is to be the teacher's for
 * every other one.
 *
 *   L = mean_{g ≠ v} mean_b −Σ_k p_gbk ln q_vbk
 *   p = softmax((t − c) / τ_t),  q = softmax(s / τ_s)
 *
 * @throws Shape when the shapes disagree or there is only one view; InvalidInput when a temperature is
 *   not positive
 * @see Caron et al. 2021, equations 1 to 3; Ahemad et al. 2024, section 2.3
 */
export function dinoLoss({ student, teacher, centre, ...temperatures }: DinoViews): DinoLoss {
  assertViews({ student, teacher, centre })
  const { studentTemperature, teacherTemperature } = temperatures
  assertTemperature('student', studentTemperature)
  assertTemperature('teacher', teacherTemperature)
  const [views, batch] = student.shape as [number, number]
  const taught = teacher.shape[0]!
  const logP = stopGradient(logSoftmax(div(sub(teacher, centre), teacherTemperature)))
  const p = exp(logP)
  const logQ = logSoftmax(div(student, studentTemperature))
  // all pairs at once, less those of a view with itself
  const all = reduceSum(mul(over(p), over(logQ)))
  const own = views === taught ? logQ : slice(logQ, [{ axis: 0, start: 0, end: taught }])
  const pairs = taught * (views - 1)
  const loss = div(sub(reduceSum(mul(p, own)), all), pairs * batch)
  const entropy = neg(div(reduceSum(mul(p, logP)), taught * batch))
  const mean = reduceMean(p, { axes: [0, 1] })
  const entropyOfMean = neg(reduceSum(mul(mean, log(maximum(mean, 1e-30)))))
  return {
    loss,
    entropy,
    divergence: stopGradient(sub(loss, entropy)),
    information: sub(entropyOfMean, entropy),
  }
}

/**
 * The next centre, c ← m c + (1 − m) mean t over views and things, m the smaller of the momentum and
 * 1 − 1 / step: at first the plain mean of all so far. It keeps one prototype from winning everywhere.
 * @param options.teacher [G, B, K]
 * @param options.centre [K]
 * @param options.momentum in [0, 1); 0.9 is usual
 * @param options.step [] float32, 1 at the first step
 * @throws InvalidInput when the momentum is out of its range
 * @see Caron et al. 2021, equation 4
 */
export function dinoCentre(options: {
  readonly teacher: Value
  readonly centre: Value
  readonly momentum: number
  readonly step: Value
}): Value {
  const { teacher, centre, momentum, step } = options
  assertBelowOne('dinoCentre: momentum', momentum, 0.9)
  const mean = reduceMean(stopGradient(teacher), { axes: [0, 1] })
  const kept = minimum(sub(1, reciprocal(step)), momentum)
  return add(mul(centre, kept), mul(mean, sub(1, kept)))
}

/** Sums over the views. [V, B, K] → [B, K] */
const over = (x: Value): Value => reduceSum(x, { axes: [0] })

function assertViews({
  student,
  teacher,
  centre,
}: Pick<DinoViews, 'student' | 'teacher' | 'centre'>): void {
  const [views = 0, ...rest] = student.shape
  const [taught = 0, ...teacherRest] = teacher.shape
  const fits =
    rest.length === 2 && sameShape(rest, teacherRest) && sameShape(centre.shape, rest.slice(1))
  if (!fits || taught > views || taught < 1 || views < 2)
    throw shapeError(
      `dinoLoss: student ${formatShape(student.shape)}, teacher ${formatShape(teacher.shape)}, centre ${formatShape(centre.shape)}; wanted [V, B, K], [G, B, K] and [K] with V of 2 or more and G of at most V`,
    )
}

function assertTemperature(whose: string, temperature: number | Value): void {
  if (typeof temperature === 'number')
    assertPositive(`dinoLoss: the ${whose}’s temperature`, temperature, 'student 0.1, teacher 0.04')
}
