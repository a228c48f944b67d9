export {
  type ModelCard,
  modelCardSchema,
  modelNamePattern,
  type WeightedDifference,
} from './card.ts'
export type { PictureEncoder, TextEncoder } from './encoder.ts'
export { type PulledSpec, parseEncoderSpec } from './encoder-spec.ts'
export { poolings } from './feature-output.ts'
export { type FileSettings, fileSettingsSchema } from './file-card.ts'
export { type FindNetworkOptions, findNetwork } from './find-network.ts'
export { importPictureNetwork, type PictureBatch } from './import-picture-network.ts'
export { joinEncoders, membersOf } from './join-encoders.ts'
export { type ModelFolder, readModelFolder, writeModelFolder } from './model-folder.ts'
export { type OpenEncoderOptions, openEncoder } from './open-encoder.ts'
export {
  type EncoderSource,
  loadPictureEncoder,
  type NetworkSource,
  openPictureEncoder,
} from './picture-encoder.ts'
export { layouts } from './picture-input.ts'
export { cacheFolder, type Environment, listPulled, type PulledModel } from './pull/cache.ts'
export type { ConvertedSource } from './pull/converted-source.ts'
export { type PullOptions, pullAnew, pullModel } from './pull/pull.ts'
export { toUnitRows } from './unit-rows.ts'
export { openWordVectors, type WordVectors } from './word-vectors/open-word-vectors.ts'
export { pullWordVectors, type WordsPull } from './word-vectors/pull-word-vectors.ts'
export { type WordVector, writeStoredWords } from './word-vectors/stored-words.ts'
export type { WordSource } from './word-vectors/word-source.ts'
