import { invalidInput, whichName } from '../core/index.ts'

/** How much each encoder's score counts, by the encoder's name; one that is not named counts nothing. */
export type EncoderWeights = Readonly<Record<string, number>>

/** An encoder with the weight that its index stores. */
interface WeighedEncoder {
  readonly name: string
  readonly weight?: number | undefined
}

/**
 * The weights λ of an ensemble, brought to the sum 1.
 *
 *   score(q, u) = Σ_e λ_e ⟨q_e, u_e⟩,   Σ_e λ_e = 1
 *
 * @param weights by name; default: what the index stores, else equal ones
 * @returns one an encoder, in their order
 * @throws InvalidInput on an unknown name, a weight that is negative or not finite, or none above 0
 * @see Ahemad et al. 2024, eq. 3
 */
export function ensembleWeights(
  encoders: readonly WeighedEncoder[],
  weights?: EncoderWeights,
): number[] {
  const names = encoders.map(({ name }) => name)
  for (const [name, weight] of Object.entries(weights ?? {})) {
    if (!names.includes(name))
      throw invalidInput(`weights: there is no encoder "${name}"; ${whichName(name, names)}`)
    if (!(weight >= 0 && Number.isFinite(weight)))
      throw invalidInput(
        `weights: ${name} has the weight ${weight}, it must be 0 or more; a weight of 0 leaves an encoder out`,
      )
  }
  const raw = encoders.map(({ name, weight = 1 }) => {
    if (weights === undefined) return weight
    return Object.hasOwn(weights, name) ? weights[name]! : 0
  })
  const largest = Math.max(...raw)
  if (largest === 0)
    throw invalidInput('weights: all are 0, at least one encoder must count; raise one of them')
  // By the largest first, so that not even the sum of huge weights overflows.
  const scaled = raw.map((weight) => weight / largest)
  const sum = scaled.reduce((a, b) => a + b, 0)
  return scaled.map((weight) => weight / sum)
}

/** Encoders with weights to be stored, brought to the sum 1; as they are where none are given. */
export function weighedEncoders<Encoder extends WeighedEncoder>(
  encoders: readonly Encoder[],
  weights: EncoderWeights | undefined,
): readonly Encoder[] {
  if (weights === undefined) return encoders
  const lambda = ensembleWeights(encoders, weights)
  return encoders.map((encoder, e) => ({ ...encoder, weight: lambda[e]! }))
}
