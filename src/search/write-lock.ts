import { join } from 'node:path'
import { type FileLock, withFileLock } from '../core/index.ts'

/**
 * Runs `work` as the only writer of the index in a folder, across processes.
 * @throws what {@link withFileLock} throws
 */
export function withWriteLock<T>(folder: string, work: (lock: FileLock) => Promise<T>): Promise<T> {
  return withFileLock({ path: join(folder, 'index.lock'), doing: 'writing this index' }, work)
}
