import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type TrainingSettings, train } from '../../src/train/index.ts'
import { readTensorFile } from '../../src/train/tensor-file.ts'
import { type LinearPlanOptions, linearPlan } from './linear-plan.ts'

/**
 * Trains a {@link linearPlan} to its end and takes the checkpoint out of the folder: a run that starts
 * there next starts afresh, unless this one was stopped. For tests only.
 */
export async function trainLinear(
  folder: string,
  options: LinearPlanOptions = {},
  settings: Partial<TrainingSettings> = {},
) {
  const { plan, network } = linearPlan(options)
  const { curve } = await train(plan, { folder, identity: 'linear', ...settings })
  return { network, curve, tensors: await takeCheckpoint(folder) }
}

/** The tensors of the checkpoint in a folder, which is then gone. For tests only. */
export async function takeCheckpoint(folder: string) {
  const path = join(folder, 'checkpoint.safetensors')
  const { tensors } = await readTensorFile(path)
  await rm(path)
  return tensors
}
