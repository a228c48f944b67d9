import type { ConvertedSource } from '../../encoders/index.ts'
import { faceModels } from '../../verification/index.ts'

/** Networks that jobs need besides encoders, each pulled by a name of its own. */
export const networks: ReadonlyMap<string, ConvertedSource> = new Map(
  [faceModels].map((source) => [source.text, source]),
)
