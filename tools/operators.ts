// Writes docs/operators.md. Usage: npm run docs:operators
import { join } from 'node:path'
import { writeFileAtomic } from '../src/core/index.ts'
import { operatorsPage } from './operators/page.ts'

const root = join(import.meta.dirname, '..')
await writeFileAtomic(join(root, 'docs/operators.md'), operatorsPage(root))
