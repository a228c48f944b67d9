import { readFile, rm, writeFile } from 'node:fs/promises'
import { conflict } from '../../core/index.ts'

/**
 * Does work that only one process may do at a time; the lock of one that has died is taken over.
 * @throws Conflict while another process works
 */
export async function withPullLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++) {
    const mine = await writeFile(path, String(process.pid), { flag: 'wx' }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EEXIST') return false
        throw error
      },
    )
    if (mine) break
    const holder = Number(await readFile(path, 'utf8').catch(() => ''))
    if (attempt > 0 || lives(holder))
      throw conflict(
        `${path}: process ${holder} is pulling this model; wait for it, or delete the file if it no longer runs`,
      )
    await rm(path, { force: true })
  }
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

function lives(pid: number): boolean {
  try {
    return Number.isInteger(pid) && pid > 0 && process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
