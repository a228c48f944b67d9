import { expect, test } from 'vitest'
import { realFile } from '../support/real-data.ts'
import { runVitrine } from '../support/run-vitrine.ts'

const model = realFile('models', 'mobilenet-v1-1.0-224-dw13.onnx')
const data = realFile('data', 'grocery')

// The figures that come with the weights: iconic P@1 23.94 and P@5 44.06; among the train photos
// alone P@1 50.46 and P@5 73.28. The gallery here holds the iconic pictures too.
test.skipIf(model.missing || data.missing)(
  'MobileNet as file: finds what it is known to find',
  async () => {
    const line = ['--model', `file:${model.path}`, '--mean', '0.5', '--std', '0.5', '--json']
    const args = ['eval', '--data', data.path, ...line]
    const { stdout } = await runVitrine(args, { cwd: import.meta.dirname })
    const { galleries } = JSON.parse(stdout)
    const iconic = galleries['iconic pictures']
    const photos = galleries['iconic pictures and train photos']
    for (const [found, known] of [
      [iconic.p1, 0.2394],
      [iconic.p5, 0.4406],
      [photos.p1, 0.5046],
      [photos.p5, 0.7328],
    ])
      expect(Math.abs(found - known)).toBeLessThan(0.01)
  },
)
