import { dirname } from 'node:path'
import type { SessionOptions } from '../runtime/index.ts'

/** A data file that is searched. */
export interface ScanSettings {
  readonly path: string
  readonly threads?: number | undefined
}

/** How a graph over a mapped file is opened: the file stays where it is and as it is. */
export function scanSettings({ path, threads }: ScanSettings): SessionOptions {
  return {
    name: path,
    dataFolder: dirname(path),
    prepack: false, // prepacking would copy all the rows
    optimization: 'disabled', // constant folding would widen or copy them
    ...(threads === undefined ? {} : { threads }),
  }
}
