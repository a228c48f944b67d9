import { resolve } from 'node:path'
import { z } from 'zod'
import type { WebPictures } from '../data/index.ts'
import type { CommandContext } from './command.ts'

/** Options of commands that read catalogues whose pictures may lie on the web. */
export const webOptions = {
  downloads: z
    .string()
    .default('.vitrine/downloads')
    .describe('folder for pictures that a CSV or JSONL file names by web address'),
  allowPrivateHosts: z
    .boolean()
    .default(false)
    .describe('fetch such pictures from hosts of a private network too'),
}

/** What these options ask for. */
export function webPictures(
  options: { readonly downloads: string; readonly allowPrivateHosts: boolean },
  { cwd, progress }: Pick<CommandContext, 'cwd' | 'progress'>,
): WebPictures {
  const { downloads, allowPrivateHosts } = options
  return { folder: resolve(cwd, downloads), allowPrivateHosts, progress }
}
