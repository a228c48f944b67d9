import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { shownPath } from './shown-path.ts'
import { vitrineLine } from './vitrine-line.ts'

let root: string
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-line-'))
  await mkdir(join(root, 'src', 'cli'), { recursive: true })
  await writeFile(join(root, 'src', 'cli', 'main.ts'), '')
})
afterAll(() => rm(root, { recursive: true }))

test('a checkout is driven by its npm script, with paths that hold where npm runs it', () => {
  const args = ['search', join(root, 'my photo.jpg'), '--top', '5']
  expect(vitrineLine(args, { root, cwd: root })).toBe(
    "npm run -s vitrine -- search 'my photo.jpg' --top 5",
  )
  expect(vitrineLine(args, { root, cwd: tmpdir() })).toBe(
    `npm --prefix ${root} run -s vitrine -- search '${join(root, 'my photo.jpg')}' --top 5`,
  )
})

test('an installed package is driven by npx', () => {
  const cwd = join(root, 'work')
  const line = vitrineLine(['search', join(cwd, "it's.jpg")], { root: join(root, 'dist'), cwd })
  expect(line).toBe(`npx vitrine search 'it'\\''s.jpg'`)
})

test('only paths inside the folder are shortened', () => {
  expect(shownPath(join(root, 'a', 'b'), root)).toBe(join('a', 'b'))
  expect(shownPath(root, root)).toBe(root)
  expect(shownPath(join(root, '..b'), root)).toBe('..b')
  expect(shownPath(join(root, '..', 'b'), root)).toBe(join(root, '..', 'b'))
})
