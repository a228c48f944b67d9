// Runs every benchmark of this folder in turn, each in a process of its own.
//
//   node bench/run.ts [--json | --write] [--only embedding.ts]
//
// A benchmark is a .ts file here that exports nothing, prints its result through printResult and
// goes on without a peer that is not installed. With --json the results come as one array; with
// --write they become docs/benchmarks.md, if all of them end well; of one alone its part of the page is written.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { writeFileAtomic } from '../src/core/index.ts'
import { benchmarkPage, type Printed, withNewSections } from './page.ts'

const notBenchmarks = ['run.ts', 'median.ts', 'page.ts', 'scratch-folder.ts']
const page = resolve(import.meta.dirname, '../docs/benchmarks.md')
const { values } = parseArgs({
  options: { write: { type: 'boolean' }, json: { type: 'boolean' }, only: { type: 'string' } },
})
const { write = false, only } = values
const asJson = write || values.json === true
const results: { name: string; printed: Printed }[] = []

for (const name of readdirSync(import.meta.dirname).sort()) {
  if (!name.endsWith('.ts') || notBenchmarks.includes(name)) continue
  if (only !== undefined && name !== only) continue
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, name), ...(asJson ? ['--json'] : [])],
    { stdio: ['ignore', asJson ? 'pipe' : 'inherit', 'inherit'], encoding: 'utf8' },
  )
  if (run.status !== 0) {
    process.stderr.write(`bench/${name} did not end well (${run.signal ?? `exit ${run.status}`})\n`)
    process.exitCode = 1
  } else if (asJson)
    for (const line of run.stdout.trim().split('\n'))
      results.push({ name, printed: JSON.parse(line) })
}
if (results.length === 0 && process.exitCode === undefined) {
  process.stderr.write(`bench: there is no ${only}\n`)
  process.exitCode = 2
}
if (write && process.exitCode === undefined)
  await writeFileAtomic(
    page,
    only === undefined
      ? benchmarkPage(results)
      : withNewSections(readFileSync(page, 'utf8'), only, results),
  )
else if (asJson && !write) {
  const printed = results.map((result) => result.printed)
  process.stdout.write(`${JSON.stringify(printed, null, 2)}\n`)
}
