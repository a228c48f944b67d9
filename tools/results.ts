// Writes docs/results.md: trains what has no finished run yet, measures, and ships the best models.
// Usage: npm run results [-- --seeds 1,2,3]
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { type ProgressEvent, writeFileAtomic } from '../src/core/index.ts'
import { fashionSection } from './results/fashion.ts'
import { retrievalSection } from './results/retrieval.ts'
import { sampleShopSection } from './results/sample-shop.ts'

const root = resolve(import.meta.dirname, '..')
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '1,2,3' } } })
const interrupt = new AbortController()
process.once('SIGINT', () => interrupt.abort())

let lastLine = 0
function progress({ task, done, total, unit, note = '' }: ProgressEvent): void {
  const now = Date.now()
  if (now - lastLine < 10_000 && done !== total) return
  lastLine = now
  process.stderr.write(
    `${task}: ${done}${total === undefined ? '' : ` of ${total}`} ${unit} ${note}\n`,
  )
}

const context = {
  runs: join(root, 'runs'),
  docs: join(root, 'docs'),
  models: join(root, 'models'),
  mobilenet: resolve(
    root,
    process.env.VITRINE_MODELS ?? '../shared/models',
    'mobilenet-v1-1.0-224-dw13.onnx',
  ),
  progress,
  signal: interrupt.signal,
}
const sections = [
  await retrievalSection({
    ...context,
    grocery: resolve(root, process.env.VITRINE_DATA ?? '../shared/data', 'grocery'),
    seeds: values.seeds.split(',').map(Number),
  }),
  await fashionSection({
    ...context,
    fashion: resolve(root, process.env.VITRINE_DATA ?? '../shared/data', 'fashion'),
  }),
  await sampleShopSection(context),
]
await writeFileAtomic(
  join(root, 'docs', 'results.md'),
  `# Results

Written by \`npm run results\`; no figure here is typed by hand. Training runs are kept in \`runs/\` and reused.

${sections.join('\n')}`,
)
