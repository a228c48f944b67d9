// A million rows of 384 values are indexed, opened and searched within a stated memory: each step runs in
// a process of its own, and Linux says what it held at most.
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const [count, dimension] = [1_000_000, 384]
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-million-'))
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs code with `search` (what the folder exports) and `folder`; it prints JSON. */
async function inAProcess(code: string): Promise<Record<string, number>> {
  const search = new URL('../../src/search/index.ts', import.meta.url).href
  const prelude = `
    const search = await import(${JSON.stringify(search)})
    const { readFileSync } = await import('node:fs')
    const folder = ${JSON.stringify(folder)}
    const mebibytes = (what) => Number(new RegExp(what + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1]) / 1024
    const vector = (row) => { const v = noise.slice(row % 7919, row % 7919 + ${dimension}); v[row % ${dimension}] += 3; v[(row * 7) % 383] -= 2; return v }
    const noise = Float32Array.from({ length: 8400 }, (_, i) => Math.sin(i * i * 0.37 + i))
    `
  const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', prelude + code])
  return JSON.parse((await run).stdout) as Record<string, number>
}

test.runIf(process.platform === 'linux')(
  'a million rows are built within 0.8 GB, opened and searched within 0.6 GB beside the mapped files',
  async () => {
    const built = await inAProcess(`
      function* pictures() {
        for (let row = 0; row < ${count}; row++)
          yield { product: 'product-' + row, picture: 'pictures/' + (row >> 10) + '/' + row + '.jpg', vector: vector(row) }
      }
      const encoders = [{ name: 'e', dimension: ${dimension}, hash: 'h' }]
      await search.buildIndex(folder, { encoders, pictures: pictures(), precision: 'i8' })
      console.log(JSON.stringify({ peak: mebibytes('VmHWM') }))`)
    expect(built.peak).toBeLessThan(800)
    const searched = await inAProcess(`
      const index = await search.openIndex(folder)
      let own = mebibytes('RssAnon')
      let right = 0
      for (let row = 0; row < 20; row++) {
        const [hits] = await index.search(vector(row * 49999), { top: 3 })
        if (hits[0].row === row * 49999) right++
        own = Math.max(own, mebibytes('RssAnon'))
      }
      console.log(JSON.stringify({ count: index.count, right, own }))
      await index.close()`)
    expect(searched).toMatchObject({ count, right: 20 })
    expect(searched.own).toBeLessThan(600)
  },
  900_000,
)
