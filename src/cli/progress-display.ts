import cliProgress from 'cli-progress'
import type { Progress, ProgressEvent } from '../core/index.ts'
import { printable } from './printable.ts'
import { formatDuration, formatRate, type Pace, paceMeter } from './progress-rate.ts'

/** Where progress and remarks are written: stderr, or what a test listens at. */
export interface WatcherStream extends NodeJS.WritableStream {
  readonly isTTY?: boolean
  readonly columns?: number
}

/** Shows the progress of one run and lines beside it. */
export interface ProgressDisplay {
  readonly progress: Progress
  readonly log: (line: string) => void
  /** Leaves the terminal as it was: the last state of the bar and a fresh line. */
  stop(): void
}

/** How a {@link ProgressDisplay} shows itself. */
export interface DisplayOptions {
  readonly stream: WatcherStream
  /** A clock in milliseconds. */
  readonly now: () => number
  /** Shows lines of progress where there is no terminal; `--json` turns them off. */
  readonly plainLines: boolean
  readonly plainEveryMs?: number
}

/**
 * A bar with rate and time left on a terminal; elsewhere a plain line now and then and one at the
 * end of each task. Remarks are written above the bar.
 */
export function progressDisplay(options: DisplayOptions): ProgressDisplay {
  return options.stream.isTTY === true ? barDisplay(options) : lineDisplay(options)
}

const clearLine = '\u001b[2K'
const saveCursor = '\u001b7'

function barDisplay({ stream, now }: DisplayOptions): ProgressDisplay {
  let bar: cliProgress.SingleBar | undefined
  let task: string | undefined
  let pace = paceMeter(now)
  const stop = (): void => {
    bar?.stop()
    bar = undefined
  }
  const progress: Progress = (event) => {
    const finished = event.total !== undefined && event.done >= event.total
    if (bar === undefined || event.task !== task) {
      if (finished && event.task === task) return
      stop()
      task = event.task
      pace = paceMeter(now)
      bar = new cliProgress.SingleBar({
        stream,
        hideCursor: true,
        forceRedraw: true,
        linewrap: null,
        format: (settings, { progress }, payload: { event: ProgressEvent; pace: Pace }) => {
          const drawn = cliProgress.Format.BarFormat(progress, settings)
          return describe(payload.event, payload.pace, drawn).slice(0, (stream.columns ?? 80) - 1)
        },
        barsize: 24,
        barCompleteChar: '█',
        barIncompleteChar: '░',
      })
      bar.start(event.total ?? 0, event.done, { event, pace: pace(event) })
    }
    bar.update(event.done, { event, pace: pace(event) })
    if (finished) stop()
  }
  const log = (line: string): void => {
    if (bar === undefined) stream.write(`${printable(line)}\n`)
    // The bar redraws itself below within a tenth of a second. When it stops it goes back to the
    // saved place of the cursor, which has to move down with it.
    else stream.write(`\r${clearLine}${printable(line)}\n${saveCursor}`)
  }
  return { progress, log, stop }
}

function lineDisplay({ stream, now, plainLines, plainEveryMs = 10_000 }: DisplayOptions) {
  let last: { readonly task: string; readonly at: number } | undefined
  let pace = paceMeter(now)
  const progress: Progress = (event) => {
    if (last?.task !== event.task) {
      last = { task: event.task, at: now() }
      pace = paceMeter(now)
    }
    const known = pace(event)
    const finished = event.total !== undefined && event.done >= event.total
    if (!finished && now() - last.at < plainEveryMs) return
    last = { task: event.task, at: now() }
    if (plainLines) stream.write(`${describe(event, known)}\n`)
  }
  const log = (line: string): void => {
    stream.write(`${printable(line)}\n`)
  }
  return { progress, log, stop: () => {} }
}

/** `Indexing pictures 1200 of 5000 pictures, 540/s, 7 s left, loss 0.13`. */
function describe(event: ProgressEvent, { perSecond, secondsLeft }: Pace, bar?: string): string {
  const { task, done, total, unit, note } = event
  const finished = total !== undefined && done >= total
  const facts = [
    total === undefined ? `${done} ${unit}` : `${done} of ${total} ${unit}`,
    perSecond === undefined ? '' : formatRate(perSecond),
    secondsLeft === undefined || finished ? '' : `${formatDuration(secondsLeft)} left`,
    note ?? '',
  ].filter((fact) => fact !== '')
  const drawn = bar === undefined || total === undefined ? '' : ` ${bar}`
  return printable(`${task}${drawn} ${facts.join(', ')}`)
}
