import { constants } from 'node:fs'
import { access, readdir } from 'node:fs/promises'
import { arch, availableParallelism, cpus, freemem, platform, release, totalmem } from 'node:os'
import type { CommandContext } from '../command.ts'
import { dataHome } from '../data-home.ts'
import { shownPath } from '../shown-path.ts'
import type { Check } from './check.ts'

/** Whether this Node is new enough for a range like `>=20.19`. */
export function nodeCheck(version: string, range: string): Check {
  const numbers = (text: string): number[] => (text.match(/\d+/g) ?? []).map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = numbers(range)
  const [major = 0, minor = 0] = numbers(version)
  const enough = major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
  if (enough) return { name: 'Node', status: 'ok', detail: version }
  const remedy = `install Node ${range.replace(/[^\d.]/g, '')} or newer`
  return { name: 'Node', status: 'broken', detail: `${version}, wanted ${range}`, remedy }
}

/** The machine's platform, cores and memory. */
export function hardwareChecks(): Check[] {
  const [first] = cpus()
  const model = first === undefined ? '' : `, ${first.model.trim()}`
  return [
    { name: 'Platform', status: 'ok', detail: `${platform()} ${arch()}, ${release()}` },
    { name: 'Cores', status: 'ok', detail: `${availableParallelism()} usable${model}` },
    memoryCheck(totalmem(), freemem()),
  ]
}

/** Whether the memory is enough to train the shipped encoders. */
export function memoryCheck(total: number, free: number): Check {
  const inGiB = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`
  const detail = `${inGiB(total)}, ${inGiB(free)} free`
  if (total >= 2 * 2 ** 30) return { name: 'Memory', status: 'ok', detail }
  const remedy = 'searching works; training wants 2 GiB or more'
  return { name: 'Memory', status: 'absent', detail, remedy }
}

/** Whether the folder that indexes and runs are written to takes files. */
export async function folderCheck(cwd: string): Promise<Check> {
  const name = 'Working folder'
  try {
    await access(cwd, constants.W_OK)
    return { name, status: 'ok', detail: `${cwd} is writable` }
  } catch {
    const remedy = 'change to a folder of yours, or name one with --index or --out'
    return { name, status: 'absent', detail: `${cwd} is not writable`, remedy }
  }
}

/** Which real data sets are at hand for `eval` and for training the shipped encoders again. */
export async function dataCheck({ env, cwd }: Pick<CommandContext, 'env' | 'cwd'>): Promise<Check> {
  const name = 'Data sets'
  const home = dataHome({ env, cwd })
  const shown = shownPath(home, cwd)
  const remedy =
    'get one with "vitrine data get grocery", or set VITRINE_DATA to the folder that holds them'
  try {
    const entries = await readdir(home, { withFileTypes: true })
    const folders = entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
    if (folders.length > 0) return { name, status: 'ok', detail: `${shown}: ${folders.join(', ')}` }
    return { name, status: 'absent', detail: `${shown} holds no folders`, remedy }
  } catch {
    return { name, status: 'absent', detail: `${shown} cannot be read`, remedy }
  }
}
