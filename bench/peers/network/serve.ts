import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

/** What bench/training/worker.ts says of its network in setup.json. */
export interface TrainingSetup {
  readonly network: string
  readonly optimizer: {
    readonly name: string
    readonly options: Readonly<Record<string, number>>
  }
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[]
  readonly inputs: readonly { readonly shape: readonly number[]; readonly integers: boolean }[]
}

/** Numbers as they lie in a file, before a library has them. */
export interface PlainArray {
  readonly shape: readonly number[]
  readonly data: Float32Array<ArrayBuffer>
}

/** What a library is asked to train. */
export interface Task {
  readonly setup: TrainingSetup
  readonly weights: readonly PlainArray[]
  /** Labels are one-hot rows here. */
  readonly inputs: readonly PlainArray[]
  readonly threads: number
}

/** A network made ready in a library. */
export interface Trainer {
  readonly version: string
  /** How many it really computes on. */
  readonly threads: number
  /** Makes a step and gives the loss before it. */
  step(): Promise<number>
}

/** Milliseconds above which a step is not worth waiting for. */
const patienceMs = 60_000

/**
 * Speaks as network.py does. Arguments: folder with setup.json, weights.f32 and inputs.f32, threads.
 * Where the library cannot do the work, the greeting says why: the first step is made before it, and a
 * second one where the first took too long, perhaps for the library's preparations.
 */
export async function serveNetwork(prepare: (task: Task) => Promise<Trainer>): Promise<never> {
  const [folder = '', threads = '1'] = process.argv.slice(2)
  try {
    const trainer = await prepare(await readTask(folder, Number(threads)))
    const made = [await timeStep(trainer)]
    if (made[0]!.ms > patienceMs) made.push(await timeStep(trainer))
    const { ms } = made.at(-1)!
    if (ms > patienceMs) throw new Error(`a step takes ${(ms / 1000).toFixed(0)} s`)
    say({ version: trainer.version, threads: trainer.threads })
    for await (const line of createInterface({ input: process.stdin })) {
      const steps = made.splice(0, Number(line))
      while (steps.length < Number(line)) steps.push(await timeStep(trainer))
      const { maxRSS, userCPUTime } = process.resourceUsage()
      const [times, losses] = [steps.map(({ ms }) => ms), steps.map(({ loss }) => loss)]
      say({ times, losses, peakMiB: maxRSS / 1024, cpuMs: userCPUTime / 1000 })
    }
  } catch (error) {
    say({ missing: (error as Error).message })
  }
  return process.exit() // a library's threads would keep the process
}

/**
 * Packages that are there if the user has installed them, and the first one's version. They are no
 * dependencies of ours.
 *
 * @throws with the command that installs them
 */
export async function importInstalled(
  names: readonly [string, ...string[]],
): Promise<{ readonly modules: readonly unknown[]; readonly version: string }> {
  try {
    const modules = await Promise.all(names.map((name): Promise<unknown> => import(name)))
    const [folder] = import.meta.resolve(names[0]).split(`/${names[0]}/`)
    const about = await readFile(new URL(`${folder}/${names[0]}/package.json`), 'utf8')
    return { modules, version: JSON.parse(about).version }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error
    throw new Error(`not installed; npm install --no-save ${names.join(' ')}`)
  }
}

async function timeStep(trainer: Trainer): Promise<{ ms: number; loss: number }> {
  const start = performance.now()
  const loss = await trainer.step()
  return { ms: performance.now() - start, loss }
}

async function readTask(folder: string, threads: number): Promise<Task> {
  const setup: TrainingSetup = JSON.parse(await readFile(join(folder, 'setup.json'), 'utf8'))
  const weights = await readArrays(join(folder, 'weights.f32'), setup.weights)
  const given = await readArrays(join(folder, 'inputs.f32'), setup.inputs)
  const classes = weights.at(-1)!.data.length
  const inputs = given.map((array, i) =>
    setup.inputs[i]!.integers ? oneHot(array.data, classes) : array,
  )
  return { setup, weights, inputs, threads }
}

async function readArrays(
  path: string,
  listed: readonly { readonly shape: readonly number[] }[],
): Promise<PlainArray[]> {
  const values = new Float32Array(new Uint8Array(await readFile(path)).buffer)
  let end = 0
  return listed.map(({ shape }) => {
    const start = end
    end += shape.reduce((size, axis) => size * axis, 1)
    return { shape, data: values.slice(start, end) }
  })
}

function oneHot(labels: Float32Array, classes: number): PlainArray {
  const data = new Float32Array(labels.length * classes)
  labels.forEach((label, row) => {
    data[row * classes + label] = 1
  })
  return { shape: [labels.length, classes], data }
}

function say(fields: object): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`)
}
