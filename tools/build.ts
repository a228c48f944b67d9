// Builds dist/: JavaScript and types of src/ without its tests, and the executable `vitrine`.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))

// A module that is gone from src must not live on in the package.
rmSync(dist, { recursive: true, force: true })
const compiled = spawnSync(
  process.execPath,
  [join(typescript, 'bin/tsc'), '-p', join(root, 'tsconfig.build.json')],
  { stdio: 'inherit' },
)
if (compiled.status !== 0) {
  // What a failed compilation leaves behind must not be published by mistake.
  rmSync(dist, { recursive: true, force: true })
  process.exit(compiled.status ?? 1)
}

const program = join(dist, 'cli/main.js')
for (const path of ['index.js', 'index.d.ts', 'engine.js', 'engine.d.ts', 'cli/main.js'].map(
  (name) => join(dist, name),
))
  if (!existsSync(path)) throw new Error(`${path}: tsc did not write it; see tsconfig.build.json`)
if (!readFileSync(program, 'utf8').startsWith('#!/usr/bin/env node\n'))
  throw new Error(`${program}: has no shebang, so npm could not run it as vitrine`)
chmodSync(program, 0o755)
process.stdout.write('built dist/ with types and the program dist/cli/main.js\n')
