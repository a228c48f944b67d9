import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'
import { AppError, conflict } from './errors.ts'

const holderSchema = z.object({ pid: z.int().min(1), host: z.string(), token: z.string() })
type Holder = z.infer<typeof holderSchema>

/** An empty or torn lock file younger than this belongs to a process that is just starting. */
const settleMs = 10_000

/** The right to do what only one process may do at a time. */
export interface FileLock {
  /** @throws Conflict when someone has taken the lock away meanwhile */
  assertHeld(): Promise<void>
}

/** What {@link withFileLock} takes. */
export interface FileLockOptions {
  /** The lock file, in a folder that is there. */
  readonly path: string
  /** What is done under it, for messages: `writing this index`. */
  readonly doing: string
}

/**
 * Runs `work` as the only one of all processes that take the same lock.
 *
 * The lock is a file made with `wx` that names its process; that of a process of this machine that
 * has died is taken over.
 * @throws Conflict when another one is at work; Permission when the folder is not writable
 */
export async function withFileLock<T>(
  { path, doing }: FileLockOptions,
  work: (lock: FileLock) => Promise<T>,
): Promise<T> {
  const token = randomUUID()
  if (!(await acquire(path, { pid: process.pid, host: hostname(), token }))) {
    const other = holderOf(await contentsOf(path))
    const who = other === undefined ? 'another process' : `process ${other.pid} on ${other.host}`
    throw conflict(
      `${path}: ${who} is ${doing}; wait for it, or delete the file if it no longer runs`,
    )
  }
  const isHeld = async (): Promise<boolean> => holderOf(await contentsOf(path))?.token === token
  try {
    return await work({
      async assertHeld() {
        if (!(await isHeld()))
          throw conflict(`${path}: the lock was taken away during the write; try again`)
      },
    })
  } finally {
    if (await isHeld()) await rm(path, { force: true })
  }
}

async function acquire(path: string, holder: Holder): Promise<boolean> {
  if (await create(path, holder)) return true
  const found = await contentsOf(path)
  return found === undefined ? create(path, holder) : takeOver(path, found, holder)
}

async function create(path: string, holder: Holder): Promise<boolean> {
  try {
    await writeFile(path, JSON.stringify(holder), { flag: 'wx' })
    return true
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? ''
    if (code === 'EEXIST') return false
    if (['EACCES', 'EPERM', 'EROFS'].includes(code))
      throw new AppError('Permission', `${path}: not writable (${code}); check the rights`, {
        cause: error,
      })
    throw error
  }
}

/** Moves a dead process's lock aside (only one process can win that) and makes our own. */
async function takeOver(path: string, found: string, holder: Holder): Promise<boolean> {
  if (!(await isStale(path, found))) return false
  const aside = `${path}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await rename(path, aside)
  } catch {
    return false // someone else was faster
  }
  const moved = await contentsOf(aside)
  // Moved the lock of one that took over just before us: its next assertHeld stops it.
  await rm(aside, { force: true })
  return moved === found && (await create(path, holder))
}

async function isStale(path: string, found: string): Promise<boolean> {
  const holder = holderOf(found)
  if (holder === undefined) {
    const made = await stat(path).then((file) => file.mtimeMs, Date.now)
    return Date.now() - made > settleMs
  }
  return holder.host === hostname() && !isAlive(holder.pid)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

async function contentsOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch {
    return undefined
  }
}

function holderOf(contents: string | undefined): Holder | undefined {
  try {
    return holderSchema.parse(JSON.parse(contents ?? ''))
  } catch {
    return undefined
  }
}
