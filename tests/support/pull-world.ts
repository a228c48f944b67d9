import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PullOptions } from '../../src/encoders/index.ts'
import { type LocalServer, startLocalServer } from './local-server.ts'

/** A home folder, and a server that is registry and hub to whoever pulls with `pull`. */
export interface PullWorld {
  readonly home: string
  readonly server: LocalServer
  readonly pull: PullOptions
  close(): Promise<void>
}

/** Starts a {@link PullWorld}. For tests only. */
export async function startPullWorld(): Promise<PullWorld> {
  const home = await mkdtemp(join(tmpdir(), 'vitrine-pull-'))
  const server = await startLocalServer()
  return {
    home,
    server,
    pull: {
      env: {
        HOME: home,
        XDG_CACHE_HOME: join(home, 'cache'),
        npm_config_registry: `${server.origin}/`,
        HF_ENDPOINT: server.origin,
      },
      patience: { retries: 0 },
    },
    async close() {
      await server.close()
      await rm(home, { recursive: true })
    },
  }
}
