import { type Rng, rngFromSeed } from '../../src/core/index.ts'

/** What {@link clusteredVectors} makes. */
export interface ClusteredOptions {
  readonly seed: number
  /** Values of each encoder's vector. */
  readonly dimensions: readonly number[]
  /** Groups of things that are alike. */
  readonly clusters: number
  /** In how many ways things differ. */
  readonly latent?: number
  /** Added to the first value of each encoder, as real ones have a value that is always large; default 0. */
  readonly outlier?: number
}

/**
 * Vectors like those of real encoders: things lie in clusters and differ in few ways, of which every
 * encoder sees a noisy projection.
 * @returns gives the next vector of the endless list, [D] the encoders' unit vectors side by side
 */
export function clusteredVectors(options: ClusteredOptions): () => Float32Array {
  const { seed, dimensions, clusters, latent = 24, outlier = 0 } = options
  const rng = rngFromSeed(seed)
  const centres = Array.from({ length: clusters }, () => normals(rng, latent))
  const projections = dimensions.map((width) => normals(rng, latent * width))
  return () => {
    const thing = centres[rng.integer(clusters)]!.map((value) => value + 0.6 * rng.normal())
    const parts = projections.map((projection, e) => {
      const width = dimensions[e]!
      const part = normals(rng, width)
      for (let l = 0; l < latent; l++)
        for (let i = 0; i < width; i++) part[i]! += (thing[l]! * projection[l * width + i]!) / 4
      part[0]! += outlier
      const length = Math.sqrt(part.reduce((sum, value) => sum + value * value, 0))
      return part.map((value) => value / length)
    })
    return Float32Array.from(parts.flatMap((part) => [...part]))
  }
}

function normals(rng: Rng, length: number): Float32Array {
  return Float32Array.from({ length }, () => rng.normal())
}
