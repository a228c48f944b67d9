import { mkdir, rm, rmdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError, withFileLock } from '../../core/index.ts'

/**
 * Does the work that fills a folder of the cache, as the only process, in `<folder>.partial` beside
 * it. What a broken download left there is there again the next time; after any other failure
 * nothing is.
 * @param fill brings what is in the folder it is given to its place
 * @throws Conflict while another process is filling it; what `fill` throws
 */
export async function fillFolder<T>(
  folder: string,
  fill: (into: string) => Promise<T>,
): Promise<T> {
  const into = `${folder}.partial`
  await mkdir(dirname(folder), { recursive: true })
  return withFileLock({ path: `${folder}.lock`, doing: 'pulling this model' }, async () => {
    await mkdir(into, { recursive: true })
    try {
      const filled = await fill(into)
      await rm(into, { recursive: true, force: true })
      return filled
    } catch (error) {
      const broken = error instanceof AppError && ['Unavailable', 'Cancelled'].includes(error.code)
      if (broken)
        await rmdir(into).catch(() => {}) // only an empty one
      else await rm(into, { recursive: true, force: true })
      throw error
    }
  })
}
