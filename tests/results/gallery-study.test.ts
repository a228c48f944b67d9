import { expect, test } from 'vitest'
import { silent } from '../../src/core/index.ts'
import { ensembleRanks } from '../../src/curation/index.ts'
import { bestMember } from '../../tools/results/best-member.ts'
import { pick, seedsOf, studyGallery } from '../../tools/results/gallery-study.ts'
import type { GroceryVectors } from '../../tools/results/grocery-vectors.ts'
import { trialsOf, weightedTriple, weightedWithFrozen } from '../../tools/results/ways.ts'

const classes = 8
const labels = Array.from({ length: classes }, (_, i) => `p${i}`)

/** Each query on the axis of the class so many further on; with 0 an encoder is always right. */
function axes(shift: number): Float32Array {
  const rows = new Float32Array(classes * classes)
  for (let i = 0; i < classes; i++) rows[i * classes + ((i + shift) % classes)] = 1
  return rows
}

const names = ['mobilenet', 'attributes/photos/1', 'triplet/photos/1', 'dino/photos/1']
/** By split, how far each encoder is off: on val only the triplet retriever is right, on test only DINO. */
const shifts = { val: [3, 3, 0, 3], test: [3, 3, 3, 0] }

const vectors: GroceryVectors = {
  names,
  retrieval({ split, viewing }) {
    const asIs = shifts[split].map(axes)
    // The second view is right with every encoder.
    const views = viewing === 'none' ? [asIs] : [asIs, names.map(() => axes(0))]
    return {
      queries: views,
      queryLabels: labels,
      gallery: names.map(() => axes(0)),
      galleryLabels: labels,
    }
  },
}
const context = {
  runs: '',
  training: false,
  session: {},
  data: '',
  seeds: [1, 2],
  docs: '',
  models: '',
  mobilenet: '',
  progress: silent,
  signal: new AbortController().signal,
}

test('weights are chosen on val and test is ranked with them, whatever would do better there', async () => {
  const study = await studyGallery(vectors, 'photos', context)
  const [weighted] = seedsOf(study, { way: weightedTriple, training: 'photos' })
  const [attributes, triplet, dino] = weighted!.weights
  expect(triplet).toBeGreaterThan(Math.max(attributes!, dino!))
  expect(bestMember(study, 'photos')).toBe('triplet')
  expect(bestMember(study, 'iconic')).toBeUndefined()
  const alone = seedsOf(study, { way: { members: ['dino'], weighted: false }, training: 'photos' })
  expect(alone[0]!.ranks.none).toEqual(labels.map(() => 1))
  const test = vectors.retrieval({ split: 'test', gallery: 'photos', viewing: 'none' })
  expect(weighted!.ranks.none).toEqual(
    (await ensembleRanks(pick(test, [1, 2, 3]), [weighted!.weights]))[0],
  )
})

test('an ensemble has members of one seed, and views count where they are asked for', async () => {
  const study = await studyGallery(vectors, 'photos', context)
  const [frozen] = seedsOf(study, {
    way: { members: ['mobilenet'], weighted: false },
    training: undefined,
  })
  expect(frozen!.ranks.none.every((rank) => rank > 1)).toBe(true)
  expect(frozen!.ranks.max.some((rank) => rank === 1)).toBe(true)
  const four = seedsOf(study, { way: weightedWithFrozen, training: 'photos' })
  expect(four.map(({ encoders }) => encoders)).toEqual([[...names.slice(1), 'mobilenet']])
})

test('a way is tried with the seeds whose members are all there', () => {
  const present = new Set([...names, 'attributes/photos/2', 'dino/photos/2', 'triplet/iconic/2'])
  const trials = trialsOf(present, [1, 2])
  const shown = trials
    .filter(({ seed }) => seed === 2)
    .map(({ training, encoders }) => `${training}: ${encoders.join(' ')}`)
  expect(shown).toEqual([
    'iconic: triplet/iconic/2',
    'photos: attributes/photos/2',
    'photos: dino/photos/2',
    'photos: attributes/photos/2 dino/photos/2',
  ])
  expect(trials.filter(({ seed }) => seed === 1)).toHaveLength(10)
  expect(trialsOf(new Set(), [1])).toEqual([])
})
