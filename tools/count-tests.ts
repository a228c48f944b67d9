// Adds up what vitest's json reporter wrote to the files named as arguments and prints the totals:
//   node tools/count-tests.ts --broken 1 fast.json slow.json
// A run that wrote nothing, and a file of tests that failed outside its tests, count as one failure
// each; --broken says how many steps failed in all, below which the failures are never counted.
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

interface Report {
  numPassedTests: number
  numFailedTests: number
  numPendingTests: number
  numTodoTests: number
  testResults: { status: string; assertionResults: { status: string }[] }[]
}

const { values, positionals } = parseArgs({
  options: { broken: { type: 'string', default: '0' } },
  allowPositionals: true,
})
let [passed, failed, skipped] = [0, 0, 0]
for (const path of positionals) {
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as Report
    const brokenFiles = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
    )
    passed += report.numPassedTests
    failed += report.numFailedTests + brokenFiles.length
    skipped += report.numPendingTests + report.numTodoTests
  } catch (error) {
    process.stderr.write(`${path}: no report of a test run (${(error as Error).message})\n`)
    failed++
  }
}
failed = Math.max(failed, Number(values.broken))
if (skipped > 0) process.stdout.write(`${skipped} skipped\n`)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exitCode = failed > 0 ? 1 : 0
