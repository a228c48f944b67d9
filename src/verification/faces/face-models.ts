import type { ConvertedSource } from '../../encoders/index.ts'

/**
 * The networks of the Human library for faces: BlazeFace finds them, and a MobileNet that learned to tell
 * people apart describes them. What the second says of age and gender is cut off and not even stored.
 * @see Bazarevsky et al. 2019, BlazeFace; Savchenko 2019, Efficient facial representations
 */
export const faceModels: ConvertedSource = {
  kind: 'converted',
  text: 'faces',
  description:
    'face detector (BlazeFace, 256 px) and face descriptor (MobileNet, 1024 values) of the Human library',
  licence:
    'MIT, see LICENSE; BlazeFace by Google, Apache 2.0; the descriptor by A. Savchenko (HSE_FaceRec_tf) learned from VGGFace2, which was gathered for research',
  from: 'npm:@vladmandic/human@3.3.6/models',
  integrity:
    'sha512-Nr5mPfq1gQ+uKeXY5uM3Fj8UxvF5CEh2s6txM5wRThqaW0mF9huooOuZSrT8hhGho0hGaXLFdAwfD/2+teCv6A==',
  networks: [
    { name: 'blazeface', file: 'detector.onnx' },
    { name: 'faceres', file: 'descriptor.onnx', outputs: ['global_pooling/Mean'] },
  ],
}
