// npm leaves an optional package out of package-lock.json when the registry it was asked does not
// carry it, and `npm ci` then refuses the file. A mirror may lack the builds of other platforms, so
// this adds the missing entries (version, os and cpu, no integrity). Run it after `npm install`.
import { readFileSync, writeFileSync } from 'node:fs'

interface LockEntry {
  version?: string
  dev?: boolean
  optional?: boolean
  os?: string[]
  cpu?: string[]
  optionalDependencies?: Record<string, string>
}

const platforms = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32', 'wasm32']
const processors = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64', 'loong64', 'wasm32']

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, LockEntry> }
let added = 0
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`
    if (lock.packages[path] !== undefined) continue
    const words = name.split(/[-/]/)
    const os = platforms.filter((platform) => words.includes(platform))
    const cpu = processors.filter((processor) => words.some((word) => word.startsWith(processor)))
    if (os.length !== 1 || cpu.length === 0) throw new Error(`${name}: cannot tell its platform`)
    lock.packages[path] = {
      version: version.replace(/^[\^~]/, ''),
      ...(parent.dev === true ? { dev: true } : {}),
      optional: true,
      os,
      cpu: cpu.slice(0, 1),
    }
    added++
  }
}
lock.packages = Object.fromEntries(
  Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)),
)
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`)
process.stdout.write(`package-lock.json: ${added} optional packages added\n`)
