import { cpus } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'

/** The middle value; of an even number the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half - 1)]! + sorted[Math.floor(half)]!) / 2
}

/** Runs something once and says how many milliseconds it took, by its own clock if it has one. */
export type Contender = () => Promise<number>

/** A contender timed by this process. */
export function timed(work: () => Promise<unknown>): Contender {
  return async () => {
    const start = performance.now()
    await work()
    return performance.now() - start
  }
}

/** A contender measured by the milliseconds of all processors together that it keeps busy. */
export function processorTime(work: () => Promise<unknown>): Contender {
  return async () => {
    const start = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(start)
    return (user + system) / 1000
  }
}

/**
 * Median milliseconds of each contender over rounds in which they take turns. The rest before each
 * turn lets the threads of the one before fall asleep: pools that wait by spinning would take its cores.
 */
export async function alternate<Name extends string>(
  rounds: number,
  contenders: Readonly<Record<Name, Contender>>,
  restMs = 50,
): Promise<Record<Name, number>> {
  const entries = Object.entries(contenders) as [Name, Contender][]
  const times = new Map<Name, number[]>(entries.map(([name]) => [name, []]))
  for (
    let round = -1;
    round < rounds;
    round++ // the first round warms up
  )
    for (const [name, run] of entries) {
      await sleep(restMs)
      const ms = await run()
      if (round >= 0) times.get(name)!.push(ms)
    }
  return Object.fromEntries(entries.map(([name]) => [name, median(times.get(name)!)])) as Record<
    Name,
    number
  >
}

/** Prints a benchmark's result: as one line of JSON with --json, else its lines in columns. */
export function printResult(
  result: { readonly benchmark: string } & Readonly<Record<string, unknown>>,
  table: readonly (readonly string[])[],
  notes: readonly string[] = [],
): void {
  const cpu = cpus()[0]?.model ?? 'unknown'
  if (process.argv.includes('--json')) {
    process.stdout.write(`${JSON.stringify({ ...result, cpu, table, notes })}\n`)
    return
  }
  const widths = (table[0] ?? []).map((_, i) => Math.max(...table.map((row) => row[i]!.length)))
  const lines = table.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  '),
  )
  process.stdout.write(`${[`${result.benchmark} (${cpu})`, ...lines, ...notes].join('\n')}\n\n`)
}
