import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { conflict, writeFileAtomic } from '../../core/index.ts'

const schema = z.looseObject({
  identity: z.string(),
  bestEpoch: z.number(),
  stoppedEarly: z.boolean(),
  seconds: z.number(),
  metrics: z.record(z.string(), z.number()),
  /** Photos that could not be read, and pairs dropped because of them. */
  skippedPhotos: z.number(),
  droppedPairs: z.number(),
})

/** What `metrics.json` of a finished run says. */
export type FinishedRun = z.infer<typeof schema>

/** Writes what a run came to. */
export async function writeFinishedRun(folder: string, run: FinishedRun): Promise<void> {
  await writeFileAtomic(join(folder, 'metrics.json'), `${JSON.stringify(run, null, 2)}\n`)
}

/** What a run folder came to; undefined where its run is not finished, or not one of ours. */
export async function readFinishedRun(folder: string): Promise<FinishedRun | undefined> {
  const text = await readFile(join(folder, 'metrics.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/**
 * What the run in a folder came to, if it is the one that is meant.
 * @throws Conflict when it is another recipe, seed or data set
 */
export async function finishedRun(
  folder: string,
  identity: string,
): Promise<FinishedRun | undefined> {
  const run = await readFinishedRun(folder)
  if (run === undefined || run.identity === identity) return run
  throw conflict(
    `${folder}: holds the run of another recipe, seed or data set; remove it or name another one with --out`,
  )
}
