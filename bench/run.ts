// Runs every benchmark of this folder in turn, each in a process of its own.
//
//   node bench/run.ts [--json]
//
// A benchmark is a .ts file here that exports nothing, prints its result through printResult and
// goes on without a peer that is not installed. With --json the results come as one array.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const notBenchmarks = ['run.ts', 'median.ts']
const asJson = process.argv.includes('--json')
const results: unknown[] = []

for (const name of readdirSync(import.meta.dirname).sort()) {
  if (!name.endsWith('.ts') || notBenchmarks.includes(name)) continue
  const run = spawnSync(
    process.execPath,
    [join(import.meta.dirname, name), ...process.argv.slice(2)],
    { stdio: ['ignore', asJson ? 'pipe' : 'inherit', 'inherit'], encoding: 'utf8' },
  )
  if (run.status !== 0) {
    process.stderr.write(`bench/${name} did not end well (${run.signal ?? `exit ${run.status}`})\n`)
    process.exitCode = 1
  } else if (asJson)
    results.push(
      ...run.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    )
}
if (asJson) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
