import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { int, text } from '../attribute.ts'
import { apply, type Value } from '../value.ts'

/**
 * Channels beside one another as places: each b² of them become b × b places.
 * [N, C · b², H, W] → [N, C, H · b, W · b].
 *
 * @param mode which channels belong together: those that follow one another ('CRD', the pixel shuffle of
 *   PyTorch), or those C apart ('DCR')
 * @throws Shape when the channels are not so many
 * @see Shi et al. 2016
 */
export function depthToSpace(x: Value, block: number, mode: 'DCR' | 'CRD' = 'DCR'): Value {
  const [n, channels, height, width] = axesOf('DepthToSpace', x)
  if (channels % block ** 2 !== 0)
    throw shapeError(
      `DepthToSpace: ${channels} channels cannot be laid in blocks of ${block} × ${block}`,
    )
  const shape = [n, channels / block ** 2, height * block, width * block]
  return apply(
    'DepthToSpace',
    [x],
    { dtype: x.dtype, shape },
    { blocksize: int(block), mode: text(mode) },
  )
}

/**
 * Places beside one another as channels, C apart. [N, C, H · b, W · b] → [N, C · b², H, W].
 * @throws Shape when the picture is not cut evenly
 */
export function spaceToDepth(x: Value, block: number): Value {
  const [n, channels, height, width] = axesOf('SpaceToDepth', x)
  if (height % block !== 0 || width % block !== 0)
    throw shapeError(
      `SpaceToDepth: ${formatShape(x.shape)} cannot be cut into blocks of ${block} × ${block}`,
    )
  const shape = [n, channels * block ** 2, height / block, width / block]
  return apply('SpaceToDepth', [x], { dtype: x.dtype, shape }, { blocksize: int(block) })
}

function axesOf(op: string, x: Value): [number, number, number, number] {
  const [n, channels, height, width, ...more] = x.shape
  if (width === undefined || more.length > 0)
    throw shapeError(`${op}: ${formatShape(x.shape)} must be [N, C, H, W]`)
  return [n!, channels!, height!, width]
}
