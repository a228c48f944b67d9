import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { writeSmallGrocery } from '../../../tests/support/small-grocery.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-eval-'))
  await writeSmallGrocery(cwd)
  for (const [seed, name] of ['one', 'two'].entries())
    await writeUntrainedModel(join(cwd, name), { seed: seed + 1 })
})
afterAll(() => rm(cwd, { recursive: true }))

const evaluate = (...args: string[]) => runVitrine(['eval', '--data', 'grocery', ...args], { cwd })
const both = ['--encoder', 'one', '--encoder', 'two']
async function json(...args: string[]) {
  const { stdout, stderr } = await evaluate(...args, '--json')
  expect(stderr).toBe('')
  return JSON.parse(stdout)
}

test('one encoder finds plain colours, in both galleries', async () => {
  const { stdout } = await evaluate('--model', 'one')
  const [head, , iconic, photos] = stdout.trimEnd().split('\n')
  expect(head).toMatch(/^gallery +pictures +queries +P@1 +P@5 +P@10$/)
  expect(iconic).toMatch(/^iconic pictures +5 +5 +\d+\.00 +100\.00 +100\.00$/)
  expect(photos).toMatch(/^iconic pictures and train photos +10 +5 /)
})

test('an ensemble comes with its members and, when asked, what it is measured against', async () => {
  const plain = await json(...both)
  expect(plain.weights).toEqual({ 'untrained-1': 0.5, 'untrained-2': 0.5 })
  const alone = await json('--model', 'two')
  const name = 'iconic pictures and train photos'
  expect(plain.ways[name]).toHaveLength(2)
  expect(plain.ways[name][1]).toEqual({ way: 'untrained-2', table: alone.galleries[name] })
  const oneSided = await json(...both, '--weights', 'untrained-2=1')
  expect(oneSided.galleries).toEqual(alone.galleries)
  const compared = await json(...both, '--baselines', '--tta', 'mean')
  expect(compared.ways[name].map(({ way }: { way: string }) => way)).toEqual([
    'untrained-1',
    'untrained-2',
    'equal sampling',
    'score fusion',
    'reciprocal rank fusion',
    'weighted reciprocal rank fusion',
    'mean pooling',
    'weighted pooling',
  ])
  expect(plain.rescues).toEqual({ 'iconic pictures': 0, [name]: 0 })
  expect(alone.rescues).toEqual({})
  const { stdout } = await evaluate(...both, '--tta', 'max')
  expect(stdout).toContain('first five of all together and of none alone:\n  0.00 in iconic')
  expect(stdout).toMatch(/^gallery +searched by +pictures/)
  expect(stdout).toMatch(/iconic pictures +untrained-1 \+ untrained-2 +5 +5 /)
})

test('weights are searched on val photos, with a table and a map', async () => {
  const { stdout } = await evaluate(...both, '--search-weights', '--heat-map', 'out/map.svg')
  expect(stdout).toMatch(/^untrained-1 +untrained-2 +P@1/)
  expect(stdout).toMatch(/ 0\.7 +0\.3 /)
  expect(stdout).toMatch(/Best: --weights untrained-1=[\d.]+,untrained-2=[\d.]+\n/)
  expect(stdout).toContain('Heat map: out/map.svg')
  expect((await readFile(join(cwd, 'out/map.svg'), 'utf8')).match(/<rect x/g)).toHaveLength(11)
  const found = await json(...both, '--search-weights', '--gallery', 'photos')
  expect(found).toMatchObject({ split: 'val', gallery: 'photos' })
  expect(found.trials).toHaveLength(11)
  expect(found.trials[0].table).toMatchObject({ queries: 5, gallery: 10 })
})

const lines: [args: string[], code: number, line: RegExp][] = [
  [[...both, '--search-weights', '--split', 'test'], 2, /weights are chosen on val photos, never/],
  [[...both, '--search-weights', '--weights', 'untrained-1=1'], 2, /tries all weights; leave out/],
  [['--search-weights'], 2, /--search-weights needs several encoders, got 1; name each/],
  [['--model', 'one', '--baselines'], 2, /--baselines needs several encoders, got 1/],
  [[...both, '--baselines', '--tta', 'max'], 2, /--baselines goes with --tta none or mean/],
  [[...both, '--weights', 'untrained=1'], 2, /no encoder "untrained"; did you mean untrained-1\?/],
  [['--encoder', 'one', '--encoder', 'one'], 2, /two have one name \(untrained-1, untrained-1\)/],
  [['--encoder', 'one', '--encoder', 'gone'], 3, /gone: there is no model here/],
  [['--model', 'file:gone.onnx'], 3, /[^:]\/gone\.onnx: there is no model here \(no such file/],
  [['--model', 'file:grocery'], 3, /\/grocery: there is no model here \(no model\.json\)/],
]
test.each(lines)('%j is one clear line', async (args, code, line) => {
  const { exitCode, stdout, stderr } = await evaluate(...args)
  expect(stderr).toMatch(line)
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
})
