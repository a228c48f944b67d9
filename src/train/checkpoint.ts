import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { conflict, invalidInput } from '../core/index.ts'
import type { Parameter } from '../onnx/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { readTensorFile, writeTensorFile } from './tensor-file.ts'

/** JSON writes what is no finite number as null. */
const number = z
  .number()
  .nullable()
  .transform((x) => x ?? Number.NaN)

const positionSchema = z.object({
  identity: z.string(),
  /** The epoch that goes on, and how many of its steps are done. */
  epoch: z.number().int(),
  step: z.number().int(),
  /** Steps since the beginning. */
  stepsDone: z.number().int(),
  /** Sums over the steps done of this epoch, by output. */
  sums: z.record(z.string(), number),
  curve: z.array(z.record(z.string(), number)),
  best: z
    .object({
      epoch: z.number(),
      score: number,
      metrics: z.record(z.string(), number),
    })
    .nullable(),
  sinceBest: z.number().int(),
  seconds: z.number(),
})

/** Where a training stands, beside its tensors. */
export type Position = z.infer<typeof positionSchema>

/** A training that can go on exactly where it stopped. */
export interface Checkpoint {
  readonly position: Position
  /** Every state by name. */
  readonly states: ReadonlyMap<string, Tensor>
  /** The network's parameters at the best epoch. */
  readonly best: ReadonlyMap<string, Tensor>
}

const bestPrefix = 'best:'

/** Saves a checkpoint, whole or not at all. */
export async function writeCheckpoint(
  path: string,
  { position, states, best }: Checkpoint,
): Promise<void> {
  const tensors = new Map(states)
  for (const [name, value] of best) tensors.set(`${bestPrefix}${name}`, value)
  await writeTensorFile(path, { tensors, texts: { position: JSON.stringify(position) } })
}

/**
 * Reads a checkpoint; undefined where there is none.
 * @throws Conflict when it belongs to another recipe or seed; InvalidInput when it is damaged
 */
export async function readCheckpoint(
  path: string,
  identity: string,
): Promise<Checkpoint | undefined> {
  if ((await stat(path).catch(() => undefined)) === undefined) return undefined
  const { tensors, texts } = await readTensorFile(path)
  const position = positionIn(path, texts.position)
  if (position.identity !== identity)
    throw conflict(
      `${path}: belongs to another recipe, seed or data set; remove the run folder or name another one with --out`,
    )
  const states = new Map<string, Tensor>()
  const best = new Map<string, Tensor>()
  for (const [name, value] of tensors)
    if (name.startsWith(bestPrefix)) best.set(name.slice(bestPrefix.length), value)
    else states.set(name, value)
  return { position, states, best }
}

function positionIn(path: string, json = 'null'): Position {
  try {
    return positionSchema.parse(JSON.parse(json))
  } catch (cause) {
    throw invalidInput(
      `${path}: does not say where a training stands, so it is no checkpoint; remove it to start afresh`,
      { cause },
    )
  }
}

/** Copies saved values into parameters of the same names. */
export function restore(
  parameters: ReadonlyMap<string, Parameter>,
  saved: ReadonlyMap<string, Tensor>,
): void {
  for (const [name, parameter] of parameters) {
    const value = saved.get(name)
    if (value !== undefined) (parameter.data as Float32Array).set(value.data as Float32Array)
  }
}

/** Copies of parameters as they are now. */
export function snapshot(parameters: ReadonlyMap<string, Parameter>): Map<string, Tensor> {
  return new Map(
    [...parameters].map(([name, { dtype, shape, data }]) => [
      name,
      { dtype, shape, data: data.slice() as Float32Array },
    ]),
  )
}

/**
 * Makes sure that a training may use a run folder, before anything in it is written.
 * @throws as {@link readCheckpoint}
 */
export async function claimRunFolder(folder: string, identity: string): Promise<void> {
  await readCheckpoint(checkpointPath(folder), identity)
}

/** Where a run folder's checkpoint lies. */
export const checkpointPath = (folder: string): string => join(folder, 'checkpoint.safetensors')
