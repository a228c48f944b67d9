import { AppError, invalidInput } from '../../core/index.ts'
import { decodeImage } from '../../data/index.ts'
import type { Verifier } from './verifier.ts'

/**
 * Describes a picture file.
 * @throws NotFound or InvalidInput, naming the file, when it cannot be read or does not show one of what the
 *   verifier describes
 */
export async function describeFile(
  verifier: Pick<Verifier, 'decodedSide' | 'describe'>,
  path: string,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Float32Array> {
  const picture = await decodeImage(path, { longestSide: verifier.decodedSide })
  const { signal } = options
  const described = verifier.describe([picture], signal === undefined ? {} : { signal })
  const [vector] = await described.catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'InvalidInput')
      throw invalidInput(`${path}: ${error.message}`, { cause: error })
    throw error
  })
  return vector!
}
