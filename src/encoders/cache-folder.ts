import { homedir } from 'node:os'
import { join } from 'node:path'

/**
 * Where downloads are kept: VITRINE_CACHE, or `vitrine` in the user's cache folder (XDG_CACHE_HOME,
 * otherwise ~/.cache).
 */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  return env.VITRINE_CACHE ?? join(env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vitrine')
}
