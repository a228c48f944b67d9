import type { SessionOptions } from '../runtime/index.ts'
import type { PictureEncoder } from './encoder.ts'
import { type FindNetworkOptions, findNetwork } from './find-network.ts'
import { openPictureEncoder } from './picture-encoder.ts'

/** How {@link openEncoder} opens. */
export interface OpenEncoderOptions extends SessionOptions, FindNetworkOptions {}

/**
 * Opens an encoder from wherever it comes; `spec` is what {@link findNetwork} takes.
 * @throws what it throws, and InvalidInput when the network does not turn pictures into vectors
 */
export async function openEncoder(
  spec: string,
  { settings = {}, cwd = '.', pull, ...session }: OpenEncoderOptions = {},
): Promise<PictureEncoder> {
  const where = { settings, cwd, ...(pull === undefined ? {} : { pull }) }
  return openPictureEncoder(await findNetwork(spec, where), session)
}
