export { type ModelCard, modelCardSchema } from './card.ts'
export type { PictureEncoder } from './encoder.ts'
export { type ModelFolder, readModelFolder, writeModelFolder } from './model-folder.ts'
export { type EncoderSource, loadPictureEncoder, openPictureEncoder } from './picture-encoder.ts'
