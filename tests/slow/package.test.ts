import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** Runs a program and returns what it prints; what a failing one printed is part of the error. */
async function execute(program: string, args: string[], options: object): Promise<string> {
  const limits = { maxBuffer: 2 ** 24, ...options }
  return promisify(execFile)(program, args, limits).then(
    ({ stdout }) => String(stdout),
    (error: Error & { stdout?: string }) => {
      throw new Error(`${error.message}\n${error.stdout ?? ''}`)
    },
  )
}

let folder: string
let shop: string

/** What a stranger's shell has: nothing of this checkout, and no setting of the npm that runs us. */
const env = Object.fromEntries(
  Object.entries(process.env)
    .filter(([name]) => !/^npm_/i.test(name) && name !== 'VITRINE_DATA')
    .map(([name, value]) => {
      if (name.toUpperCase() !== 'PATH') return [name, value]
      const ours = (path: string): boolean => resolve(path).startsWith(root)
      return [
        name,
        value
          ?.split(delimiter)
          .filter((path) => !ours(path))
          .join(delimiter),
      ]
    }),
)

const inShop = (program: string, ...args: string[]): Promise<string> =>
  execute(program, args, { cwd: shop, env })

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-package-'))
  shop = join(folder, 'shop')
  await mkdir(shop)
  await execute('npm', ['run', 'build'], { cwd: root })
  await execute('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root })
  const tarball = (await readdir(folder)).find((name) => name.endsWith('.tgz'))!
  // As the README tells a user whose machine must not fetch CUDA parts from elsewhere.
  const manifest = { private: true, type: 'module', allowScripts: { 'onnxruntime-node': false } }
  await writeFile(join(shop, 'package.json'), JSON.stringify(manifest))
  await writeFile(join(shop, '.npmrc'), 'onnxruntime-node-install=skip\n')
  await inShop(
    'npm',
    'install',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
    join(folder, tarball),
  )
})

afterAll(() => rm(folder, { recursive: true, force: true }))

test('the program says its version and its help', async () => {
  expect(await inShop('npx', 'vitrine', '--version')).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(await inShop('npx', 'vitrine', '--help')).toContain('Usage: vitrine <command>')
})

test('the doctor finds everything that is needed, with its models where the package has them', async () => {
  const { ok, checks } = JSON.parse(await inShop('npx', 'vitrine', 'doctor', '--json'))
  expect(checks.filter(({ status }: { status: string }) => status === 'broken')).toEqual([])
  expect(ok).toBe(true)
  const shipped = await readdir(join(root, 'models'), { withFileTypes: true }).catch(() => [])
  const names = checks.map(({ name }: { name: string }) => name)
  for (const entry of shipped)
    if (entry.isDirectory()) expect(names).toContain(`Model ${entry.name}`)
})

test('the package holds no test and no source of ours', async () => {
  const files = await readdir(join(shop, 'node_modules/vitrine'), { recursive: true })
  const own = files.filter((path) => !path.startsWith('node_modules'))
  expect(own.filter((path) => /\.test\.|(?<!\.d)\.ts$/.test(path))).toEqual([])
  expect(own).toContain('LICENSE')
})

test('a script imports it and computes', async () => {
  const script = `
    import { devices, onnx, openSession, tensor } from 'vitrine'
    const model = onnx.writeModel({ y: onnx.relu(onnx.input('x', [3])) })
    const session = await openSession(model, { device: devices[0] })
    const { y } = await session.run({ x: tensor('float32', [3], Float32Array.of(-1, 0, 2)) })
    console.log([...y.data].join())
    await session.close()`
  await writeFile(join(shop, 'script.js'), script)
  expect(await inShop('node', 'script.js')).toBe('0,0,2\n')
})

test('a script imports the engine alone and trains', async () => {
  const script = `
    import { autodiff, compileStep, onnx, optim, tensor } from 'vitrine/engine'
    const w = onnx.parameter(tensor('float32', [1], Float32Array.of(3)))
    const loss = onnx.reduceSum(onnx.mul(w, w))
    const [gradient] = autodiff.gradients(loss, [w])
    const [learningRate, step] = [onnx.input('rate', []), onnx.input('step', [])]
    const updates = optim.sgd().update({ parameter: w, gradient, learningRate, step })
    const training = await compileStep({ outputs: { loss }, updates })
    const { loss: before } = await training.run({ rate: tensor('float32', [], Float32Array.of(0.25)) })
    console.log(before.data[0], training.state(w).data[0])
    await training.close()`
  await writeFile(join(shop, 'engine.js'), script)
  expect(await inShop('node', 'engine.js')).toBe('9 1.5\n')
})

test('TypeScript finds its types', async () => {
  const consumer = `
    import { type Device, devices, invalidInput, onnx, openSession, type Session } from 'vitrine'
    import { nn, rngFromSeed } from 'vitrine/engine'
    const device: Device = devices[0] ?? 'cpu'
    const model: Uint8Array = onnx.writeModel({ y: onnx.relu(onnx.input('x', [3])) })
    export const session: Promise<Session> = openSession(model, { device })
    export const layer: nn.Layer = new nn.Linear({ inputs: 1, outputs: 1 }, rngFromSeed(1))
    // @ts-expect-error: an untyped package would let this pass
    export const wrong: number = invalidInput('x').code`
  await writeFile(join(shop, 'consumer.ts'), consumer)
  const tsc = join(root, 'node_modules/typescript/bin/tsc')
  const settings = '--noEmit --strict --skipLibCheck --module nodenext --target es2024'.split(' ')
  const complaints = await execute(process.execPath, [tsc, ...settings, 'consumer.ts'], {
    cwd: shop,
  })
  expect(complaints).toBe('')
})
