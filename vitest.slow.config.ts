import { defineConfig } from 'vitest/config'

// Tests that need the packed tarball, Debian's packages or the real data sets (VITRINE_DATA).
export default defineConfig({
  test: {
    include: ['tests/slow/**/*.test.ts'],
    pool: 'forks',
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
})
