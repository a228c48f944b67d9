import type { Preprocessing } from '../../src/data/index.ts'
import type { Session } from '../../src/runtime/index.ts'
import { tensor } from '../../src/tensor/index.ts'

/** What is used of @huggingface/transformers. */
interface Library {
  readonly RawImage: { read(path: string): Promise<unknown> }
  readonly ViTImageProcessor: new (
    config: object,
  ) => (pictures: readonly unknown[]) => Promise<{
    readonly pixel_values: { readonly data: Float32Array; readonly dims: number[] }
  }>
}

/**
 * Embeds picture files as users of transformers.js do: RawImage.read, an image processor, a session.
 * @param session of the same file as the other contenders have
 * @returns undefined where the library is not installed: npm install --no-save @huggingface/transformers
 */
export async function openTransformersJs(
  session: Session,
  { size, mean, std }: Preprocessing,
): Promise<((paths: readonly string[]) => Promise<void>) | undefined> {
  const name: string = '@huggingface/transformers' // no dependency, so nothing knows its types
  const library = await (import(name) as Promise<Library>).catch(() => undefined)
  if (library === undefined) return undefined
  const { RawImage, ViTImageProcessor } = library
  const process = new ViTImageProcessor({
    do_resize: true,
    size: { width: size, height: size },
    resample: 2,
    do_rescale: true,
    rescale_factor: 1 / 255,
    do_normalize: true,
    image_mean: [...mean],
    image_std: [...std],
  })
  return async (paths) => {
    const pictures = await Promise.all(paths.map((path) => RawImage.read(path)))
    const { data, dims } = (await process(pictures)).pixel_values
    await session.run({ [session.inputNames[0]!]: tensor('float32', dims, data) })
  }
}
