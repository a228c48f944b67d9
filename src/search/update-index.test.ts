import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  buildIndex,
  createIndex,
  type IndexedPicture,
  openIndex,
  updateIndex,
  verifyIndex,
} from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-update-'))
  await createIndex(folder, { encoders: [{ name: 'tiny', dimension: 3, hash: 'abc' }] })
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const picture = (product: string, name: string, ...vector: number[]): IndexedPicture => ({
  product,
  picture: name,
  vector: Float32Array.from(vector),
})

async function names(): Promise<string[]> {
  const index = await openIndex(folder)
  await index.close()
  return index.entries.map((entry) => `${entry.product}/${entry.picture}`)
}

/** The one picture that looks exactly like the query. */
async function lookup(...query: number[]): Promise<string> {
  const index = await openIndex(folder)
  const [hits] = await index.search(Float32Array.from(query), { top: 1 })
  await index.close()
  const [hit] = hits!
  return hit !== undefined && hit.score > 0.9999 ? `${hit.product}/${hit.picture}` : 'nothing'
}

test('adds, replaces and removes, each in its own generation', async () => {
  const add = [picture('a', '1', 1, 0, 0), picture('a', '2', 0, 2, 0), picture('b', '1', 0, 0, 3)]
  expect(await updateIndex(folder, { add })).toMatchObject({ generation: 2, count: 3 })
  expect(await names()).toEqual(['a/1', 'a/2', 'b/1'])
  expect(await lookup(0, 1, 0)).toBe('a/2')

  await updateIndex(folder, { replace: [picture('a', '2', 1, 1, 0)] })
  expect(await names()).toEqual(['a/1', 'a/2', 'b/1'])
  expect(await lookup(0, 1, 0)).toBe('nothing')
  expect(await lookup(5, 5, 0)).toBe('a/2')

  const last = await updateIndex(folder, { remove: ['a', 'a'], add: [picture('a', '1', 1, 1, 1)] })
  expect(last).toMatchObject({ generation: 4, count: 2 })
  expect(await names()).toEqual(['b/1', 'a/1'])
  expect(await lookup(1, 0, 0)).toBe('nothing')
  expect(await lookup(1, 1, 1)).toBe('a/1')
  expect(await verifyIndex(folder)).toEqual(last)
  expect((await readdir(folder)).sort()).toEqual([
    'entries-4.jsonl',
    'index.json',
    'rows-4.f32',
    'scan-4.onnx',
  ])
})

test('takes pictures as they are made, and reports progress', async () => {
  async function* made() {
    for (let i = 0; i < 5; i++) yield picture('p', `${i}`, 1, i, 0)
  }
  const seen: number[] = []
  await updateIndex(folder, { add: made(), progress: ({ done }) => seen.push(done) })
  expect(seen).toEqual([1, 2, 3, 4, 5])
  expect(await lookup(1, 4, 0)).toBe('p/4')
})

test.each([
  [
    'Conflict',
    'a picture added twice',
    { add: [picture('n', '1', 1, 0, 0), picture('n', '1', 0, 1, 0)] },
    /"1" of product "n"/,
  ],
  [
    'Conflict',
    'a picture that is there',
    { add: [picture('a', '1', 1, 0, 0)] },
    /"1" of product "a"/,
  ],
  [
    'Conflict',
    'replaced twice',
    { replace: [picture('a', '1', 1, 0, 0), picture('a', '1', 1, 0, 0)] },
    /twice/,
  ],
  ['NotFound', 'an unknown product removed', { remove: ['b', 'zebra'] }, /"zebra"/],
  [
    'NotFound',
    'an unknown picture replaced',
    { replace: [picture('a', '7', 1, 0, 0)] },
    /"7" of product "a"/,
  ],
  [
    'NotFound',
    'replaced and removed',
    { remove: ['a'], replace: [picture('a', '1', 1, 0, 0)] },
    /"1"/,
  ],
  [
    'Shape',
    'a vector too short',
    { add: [picture('n', '1', 1, 0)] },
    /"1" of product "n": .* 2 values.* holds 3; encode it with tiny/,
  ],
  ['Numeric', 'NaN', { add: [picture('n', '1', 1, Number.NaN, 0)] }, /"1" of product "n": value 1/],
  [
    'Numeric',
    'infinity',
    { replace: [picture('a', '1', 1, 0, -Infinity)] },
    /value 2 .* -Infinity/,
  ],
  ['Numeric', 'all zeros', { add: [picture('n', '1', 0, -0, 0)] }, /zeros/],
  ['InvalidInput', 'a nameless product', { add: [picture('', '1', 1, 0, 0)] }, /needs both names/],
  [
    'Cancelled',
    'stopped',
    { add: [picture('n', '1', 1, 0, 0)], signal: AbortSignal.abort() },
    /stopped/,
  ],
] as const)('%s: %s; the index stays as it was', async (code, _, change, message) => {
  await updateIndex(folder, { add: [picture('a', '1', 1, 0, 0), picture('b', '1', 0, 1, 0)] })
  const before = (await readdir(folder)).sort()
  await expect(updateIndex(folder, change)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
  expect((await readdir(folder)).sort()).toEqual(before)
  expect(await names()).toEqual(['a/1', 'b/1'])
  expect(await lookup(1, 0, 0)).toBe('a/1')
})

test('law: any sequence of changes ends where a plain list ends', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          kind: fc.constantFrom('add' as const, 'replace' as const, 'remove' as const),
          product: fc.constantFrom('a', 'b', 'c', 'd'),
          name: fc.constantFrom('1', '2', 'näme "3"\n'),
          angle: fc.integer({ min: 0, max: 359 }),
        }),
        { minLength: 1, maxLength: 8 },
      ),
      async (changes) => {
        const encoders = [{ name: 'tiny', dimension: 2, hash: 'abc' }]
        await buildIndex(folder, { encoders, pictures: [] })
        let model: IndexedPicture[] = []
        for (const { kind, product, name, angle } of changes) {
          const radians = (angle * Math.PI) / 180
          const one = picture(product, name, 3 * Math.cos(radians), 3 * Math.sin(radians))
          const at = model.findIndex((p) => p.product === product && p.picture === name)
          const known = kind === 'remove' ? model.some((p) => p.product === product) : at >= 0
          const change = kind === 'remove' ? { remove: [product] } : { [kind]: [one] }
          if (known === (kind === 'add')) {
            const code = kind === 'add' ? 'Conflict' : 'NotFound'
            await expect(updateIndex(folder, change)).rejects.toMatchObject({ code })
            continue
          }
          await updateIndex(folder, change)
          if (kind === 'add') model = [...model, one]
          else if (kind === 'replace') model = model.with(at, one)
          else model = model.filter((p) => p.product !== product)
        }
        const index = await openIndex(folder, { threads: 1 })
        expect(index.entries).toEqual(
          model.map((p) => ({ product: p.product, picture: p.picture })),
        )
        for (const [row, { vector }] of model.entries()) {
          const [hits] = await index.search(vector, { top: model.length })
          expect(hits!.find((hit) => hit.row === row)!.score).toBeCloseTo(1, 6)
        }
        await index.close()
      },
    ),
    { numRuns: 25 },
  ))

test('building again replaces the index and its readers follow at the next refresh', async () => {
  await updateIndex(folder, { add: [picture('a', '1', 1, 0, 0)] })
  const reader = await openIndex(folder)
  await buildIndex(folder, {
    encoders: [{ name: 'wider', dimension: 4, hash: 'def' }],
    pictures: [picture('z', '1', 1, 0, 0, 0)],
  })
  expect((await reader.search(Float32Array.of(1, 0, 0), { top: 1 }))[0]![0]!.product).toBe('a')
  expect(await reader.refresh()).toBe(true)
  expect(reader).toMatchObject({ dimension: 4, encoders: [{ name: 'wider' }] })
  expect((await reader.search(Float32Array.of(1, 0, 0, 0), { top: 1 }))[0]![0]!.product).toBe('z')
  await reader.close()
})

test('an index is not made over another, nor for encoders that make no sense', async () => {
  const encoders = [{ name: 'tiny', dimension: 3, hash: 'abc' }]
  await expect(createIndex(folder, { encoders })).rejects.toMatchObject({ code: 'Conflict' })
  const elsewhere = join(folder, 'elsewhere')
  for (const bad of [[], [...encoders, ...encoders], [{ ...encoders[0]!, dimension: 0.5 }]])
    await expect(createIndex(elsewhere, { encoders: bad })).rejects.toMatchObject({
      code: 'InvalidInput',
    })
})
