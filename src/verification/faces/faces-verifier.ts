import { invalidInput } from '../../core/index.ts'
import type { Picture } from '../../data/index.ts'
import { innerProduct } from '../comparing/compare-vectors.ts'
import type { Verifier } from '../comparing/verifier.ts'
import { usualPlace } from './evaluate-faces.ts'
import { faceModels } from './face-models.ts'
import type { FacePick, Faces } from './open-faces.ts'

/** Pixels at which a photo of a person is decoded. */
const decodedSide = 1024

/**
 * The face networks as a verifier, which closes them. With the pick `only` a picture must show one face;
 * with `middle` every picture is answered, as the photos of Labeled Faces in the Wild are meant.
 */
export function facesVerifier(faces: Faces, pick: FacePick): Verifier {
  const vectorOf = async (picture: Picture): Promise<Float32Array> => {
    const outcome = await faces.look(picture, pick)
    if (outcome.kind === 'face') return outcome.vector
    if (pick === 'middle') return faces.describe(picture, { landmarks: usualPlace(picture) })
    throw invalidInput(
      outcome.kind === 'no-face'
        ? 'shows no face; give a photo of one from the front, large enough'
        : `shows ${outcome.faces.length} faces; cut out the one that is meant`,
    )
  }
  return {
    name: faceModels.text,
    hash: faceModels.integrity,
    dimension: faces.dimension,
    decodedSide,
    calibration: undefined,
    byCosine: true,
    compare: innerProduct,
    async describe(pictures) {
      const vectors: Float32Array[] = []
      for (const picture of pictures) vectors.push(await vectorOf(picture))
      return vectors
    },
    close: () => faces.close(),
  }
}
