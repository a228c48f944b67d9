import { copyFile, cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { tinyFace, tinyVerifier, writeTinyFaces } from '../../../tests/support/tiny-faces.ts'

let folder: string
let lfw: string
let model: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-verify-'))
  lfw = join(folder, 'lfw')
  await writeTinyFaces(lfw)
  model = await tinyVerifier(join(folder, 'run'))
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const vitrine = (...args: string[]) => runVitrine(args, { cwd: folder })
const verify = (...args: string[]) => vitrine('verify', ...args, '--model', model, '--json')

test('decides, and says how sure it is', async () => {
  const [a, b, c] = [tinyFace(lfw, 0, 1), tinyFace(lfw, 0, 2), tinyFace(lfw, 1, 1)]
  const same = JSON.parse((await verify(a, b)).stdout)
  expect(same).toMatchObject({ same: true, identical: false, model: 'tiny-siamese' })
  const different = JSON.parse((await verify(a, c)).stdout)
  expect(different).toMatchObject({ same: false })
  expect(same.score).toBeGreaterThan(different.score)
  expect(same.probability).toBeGreaterThan(0.5)
  expect(different.probability).toBeLessThan(0.5)
  // the two ways round are the same question
  expect(JSON.parse((await verify(c, a)).stdout).score).toBeCloseTo(different.score, 4)
  const said = await vitrine('verify', a, c, '--model', model)
  expect(said.stdout).toMatch(
    /^different\nscore -?\d+\.\d{4}, threshold -?\d+\.\d{4}\n\d+\.\d\d % likely/,
  )
})

test('a threshold or a rate of false matches may be asked for', async () => {
  const [a, b] = [tinyFace(lfw, 0, 1), tinyFace(lfw, 0, 2)]
  const strict = JSON.parse((await verify(a, b, '--threshold', '1000')).stdout)
  expect(strict).toMatchObject({ same: false, threshold: 1000 })
  expect(strict.falseMatchRate).toBeUndefined()
  const rated = JSON.parse((await verify(a, b, '--false-match-rate', '0.1')).stdout)
  expect(rated.falseMatchRate).toBeLessThanOrEqual(0.1)
  const few = await verify(a, b, '--false-match-rate', '0.001')
  expect(few).toMatchObject({ exitCode: 2 })
  expect(few.stderr).toMatch(/30 pairs of two things tell no less than 0\.033/)
})

test('the same file twice is pointed out', async () => {
  const a = tinyFace(lfw, 0, 1)
  await copyFile(a, join(folder, 'copy.jpg'))
  const outcome = await vitrine('verify', a, 'copy.jpg', '--model', model)
  expect(outcome.stdout).toMatch(/^the same\n[\s\S]*both files are the same, byte for byte/)
})

test('the shipped encoder is calibrated: made anew whenever another one is shipped', async () => {
  const outcome = await vitrine('verify', tinyFace(lfw, 0, 1), tinyFace(lfw, 1, 1), '--json')
  const verdict = JSON.parse(outcome.stdout)
  expect(verdict).toMatchObject({ model: 'grocery-triplet', falseMatchRate: expect.any(Number) })
  expect(typeof verdict.same).toBe('boolean')
})

test('an encoder without calibration gives its score and no decision', async () => {
  const outcome = await vitrine(
    'verify',
    tinyFace(lfw, 0, 1),
    tinyFace(lfw, 1, 1),
    '--model',
    'sample-shop-triplet',
  )
  expect(outcome.stdout).toMatch(
    /^no decision: nothing calibrates sample-shop-triplet; give --threshold/,
  )
})

test.each([
  [['nowhere.jpg'], 3, /nowhere\.jpg/],
  [['text.jpg'], 2, /text\.jpg.*JPEG, PNG/],
  [['half.jpg'], 2, /half\.jpg: looks like a JPEG.* but is cut off or damaged/],
])('%j ends in one line', async (args, exitCode, line) => {
  await writeFile(join(folder, 'text.jpg'), 'no picture')
  const whole = await readFile(tinyFace(lfw, 0, 1))
  await writeFile(join(folder, 'half.jpg'), whole.subarray(0, whole.length / 2))
  const outcome = await vitrine('verify', tinyFace(lfw, 0, 1), ...args, '--model', model)
  expect(outcome).toMatchObject({ exitCode, stdout: '' })
  expect(outcome.stderr.trim()).toMatch(line)
  expect(outcome.stderr.trim().split('\n')).toHaveLength(1)
})

test('a verifier is calibrated on pairs, and a report shows its errors', async () => {
  const args = ['calibrate', '--data', 'lfw', '--model', model]
  const outcome = await vitrine(...args, '--out', 'c.json', '--report', 'report', '--json')
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const data = JSON.parse(outcome.stdout)
  expect(data).toMatchObject({ validation: { pairs: 16 }, test: { pairs: 40, droppedPairs: 0 } })
  expect(data.test.accuracy).toBeGreaterThan(0.8)
  const html = await readFile(join(folder, 'report', 'index.html'), 'utf8')
  expect(html).toMatch(
    /False positives[\s\S]*False negatives[\s\S]*True positives[\s\S]*True negatives/,
  )
  expect(html).toContain('the most accurate one on 16 validation pairs')
  for (const [, source] of html.matchAll(/src="([^"]*)"/g))
    expect(source).toMatch(/^data:image\/jpeg;base64,[A-Za-z0-9+/=]+$/)
  expect(html).not.toMatch(/<script|url\(|href=/)

  const [a, b] = [tinyFace(lfw, 0, 1), tinyFace(lfw, 0, 2)]
  const own = JSON.parse((await verify(a, b, '--calibration', 'c.json')).stdout)
  expect(own.threshold).toBeCloseTo(data.threshold, 6)
  const other = await vitrine(
    'verify',
    a,
    b,
    '--model',
    'sample-shop-triplet',
    '--calibration',
    'c.json',
  )
  expect(other.stderr).toMatch(
    /c\.json: was made with another model; make it anew with "vitrine cal/,
  )
}, 120_000)

test('a calibration that another model left beside one is made anew', async () => {
  const copied = join(folder, 'stale')
  await cp(model, copied, { recursive: true })
  const place = join(copied, 'calibration.json')
  const { model: _, ...rest } = JSON.parse(await readFile(place, 'utf8'))
  await writeFile(place, JSON.stringify({ ...rest, model: 'f'.repeat(64) }))
  const [a, b] = [tinyFace(lfw, 0, 1), tinyFace(lfw, 0, 2)]
  const stale = await vitrine('verify', a, b, '--model', copied)
  expect(stale.stderr).toMatch(/was made with another model; make it anew with "vitrine calibrate"/)
  const made = await vitrine('calibrate', '--data', 'lfw', '--model', copied, '--out', place)
  expect(made).toMatchObject({ exitCode: 0 })
  expect(await vitrine('verify', a, b, '--model', copied)).toMatchObject({ exitCode: 0 })
}, 120_000)

test('a photo that cannot be read drops its pairs and is counted', async () => {
  const broken = join(folder, 'broken')
  await writeTinyFaces(broken)
  await writeFile(tinyFace(broken, 0, 1), 'no picture')
  const outcome = await vitrine('calibrate', '--data', 'broken', '--model', model, '--json')
  expect(outcome).toMatchObject({ exitCode: 10 })
  const data = JSON.parse(outcome.stdout)
  expect(data.skipped[0].place).toBe(tinyFace(broken, 0, 1))
  expect(data.test.droppedPairs + data.validation.droppedPairs).toBeGreaterThan(0)
  expect(data.test.pairs + data.test.droppedPairs).toBe(40)
}, 120_000)

test.each([
  [['sweep', 'verification/grit', '--data', 'lfw'], 3, /did you mean verification\/grid\?/],
  [['sweep', 'verification/grid', '--data', 'nowhere'], 3, /nowhere/],
  [['train', 'verification/siamese-final', '--data', 'run'], 3, /not Labeled Faces in the Wild/],
  [['calibrate', '--data', 'run'], 3, /neither Labeled Faces in the Wild/],
])('%j ends with exit code %i and one line', async (args, exitCode, line) => {
  const outcome = await vitrine(...args)
  expect(outcome).toMatchObject({ exitCode, stdout: '' })
  expect(outcome.stderr.trim()).toMatch(line)
})
