import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { buildIndex, openIndex, updateIndex, verifyIndex } from './index.ts'

const dimension = 16
let folder: string
const children: ChildProcess[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-processes-'))
})
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  await rm(folder, { recursive: true })
})

/** Picture i of the catalogue: its own axis, then its own pair of axes, and so on. */
const picture = (i: number) => {
  const vector = new Float32Array(dimension).fill(0.01)
  vector[i % dimension] = 1 + Math.floor(i / dimension)
  vector[(i * 7 + 3) % dimension]! += 0.5
  return { product: `p${i}`, picture: 'x', vector }
}
const encoders = [{ name: 'tiny', dimension, hash: 'abc' }]
const start = () =>
  buildIndex(folder, { encoders, pictures: Array.from({ length: 20 }, (_, i) => picture(i)) })

/** Runs code with `search` (this folder's exports) and `folder` in another process. */
function inAnotherProcess(code: string) {
  const search = JSON.stringify(new URL('./index.ts', import.meta.url).href)
  const prelude = `const search = await import(${search}); const folder = ${JSON.stringify(folder)};`
  const child = spawn(process.execPath, ['--input-type=module', '-e', prelude + code], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  children.push(child)
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  return { child, line: async (): Promise<string> => (await lines.next()).value ?? 'ended' }
}

// Each generation g of the test holds 19 + g pictures; a reader sees one whole generation or another.
// One reader opens the index again and again, the other refreshes.
const reader = `
  const fresh = FRESH
  let index = await search.openIndex(folder, { threads: 1 })
  let stop = false
  process.stdin.once('data', () => { stop = true })
  const seen = new Set()
  console.log('ready')
  while (!stop) {
    if (fresh) { await index.close(); index = await search.openIndex(folder, { threads: 1 }) }
    else await index.refresh()
    seen.add(index.generation)
    const { count, generation } = index
    const [hits] = await index.search(new Float32Array(${dimension}).fill(1), { top: 1000 })
    if (count !== 19 + generation || hits.length !== count) throw new Error('torn: ' + generation + ' ' + count)
    if (new Set(hits.map((hit) => hit.product)).size !== count) throw new Error('torn rows')
  }
  await index.refresh()
  console.log(JSON.stringify({ last: index.generation, seen: seen.size }))
  await index.close()
  process.exit(0)
`

test('two readers in other processes follow a writer and never see half a change', async () => {
  await start()
  const readers = ['true', 'false'].map((fresh) => inAnotherProcess(reader.replace('FRESH', fresh)))
  for (const { line } of readers) expect(await line()).toBe('ready')
  for (let i = 20; i < 50; i++) {
    await updateIndex(folder, { add: [picture(i)] })
  }
  for (const { child, line } of readers) {
    child.stdin!.write('stop\n')
    const { last, seen } = JSON.parse(await line()) as { last: number; seen: number }
    expect(last).toBe(31)
    expect(seen).toBeGreaterThan(1)
  }
})

test('a writer killed in the middle leaves the old index, and the next change cleans up', async () => {
  const before = await start()
  const { child, line } = inAnotherProcess(`
    async function* endless() {
      for (let i = 0; i < 100_000; i++) {
        if (i === 90_000) { console.log('half way'); await new Promise((go) => setTimeout(go, 60_000)) }
        yield { product: 'n' + i, picture: 'x', vector: new Float32Array(${dimension}).fill(1) }
      }
    }
    await search.updateIndex(folder, { remove: ['p0'], add: endless() })
  `)
  expect(await line()).toBe('half way')
  await expect(updateIndex(folder, { remove: ['p1'] })).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringMatching(new RegExp(`index.lock: process ${child.pid} on .* wait`)),
  })
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toHaveLength(2)
  expect(await verifyIndex(folder)).toEqual(before)
  const index = await openIndex(folder)
  expect(index.count).toBe(20)
  await index.close()

  expect(await updateIndex(folder, { remove: ['p1'] })).toMatchObject({ count: 19 })
  expect((await readdir(folder)).sort()).toEqual([
    'entries-2.jsonl',
    'index.json',
    'rows-2.f32',
    'scan-2.onnx',
  ])
})

test('killed at any moment, an index stays whole', async () => {
  await start()
  for (const delayMs of [0, 3, 11, 29]) {
    const { child, line } = inAnotherProcess(`
      console.log('ready')
      const vector = new Float32Array(${dimension}).fill(1)
      const one = { product: 'extra', picture: 'x', vector }
      const known = await search.openIndex(folder)
      if (known.entries.some((entry) => entry.product === 'extra')) await search.updateIndex(folder, { remove: ['extra'] })
      for (;;) {
        await search.updateIndex(folder, { add: [one] })
        await search.updateIndex(folder, { remove: ['extra'] })
      }
    `)
    expect(await line()).toBe('ready')
    await sleep(20 + delayMs)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const { count } = await verifyIndex(folder)
    expect([20, 21]).toContain(count)
    const index = await openIndex(folder)
    expect(index.count).toBe(count)
    await index.close()
  }
})

test('of writers that start together one at a time gets through, the others are told', async () => {
  await start()
  const changes = Array.from({ length: 6 }, (_, i) =>
    updateIndex(folder, { add: [picture(20 + i)] }),
  )
  const outcomes = await Promise.allSettled(changes)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  for (const { reason } of refused) expect(reason).toMatchObject({ code: 'Conflict' })
  expect(refused.length).toBeLessThan(6)
  expect((await verifyIndex(folder)).count).toBe(20 + 6 - refused.length)
  expect(await readdir(folder)).not.toContain('index.lock')
})

test.each([
  ['of a dead process here', { pid: 2 ** 22 + 1, host: hostname(), token: 't' }, true],
  ['of a living process here', { pid: process.pid, host: hostname(), token: 't' }, false],
  ['of another machine', { pid: 1, host: 'elsewhere.invalid', token: 't' }, false],
])('a lock %s', async (_, holder, free) => {
  await start()
  await writeFile(join(folder, 'index.lock'), JSON.stringify(holder))
  const change = updateIndex(folder, { remove: ['p1'] })
  if (free) expect(await change).toMatchObject({ count: 19 })
  else await expect(change).rejects.toMatchObject({ code: 'Conflict' })
})

test('a lock file without contents holds for ten seconds', async () => {
  await start()
  const path = join(folder, 'index.lock')
  await writeFile(path, '')
  await expect(updateIndex(folder, { remove: ['p1'] })).rejects.toMatchObject({ code: 'Conflict' })
  await utimes(path, new Date(), new Date(Date.now() - 11_000))
  expect(await updateIndex(folder, { remove: ['p1'] })).toMatchObject({ count: 19 })
})
