import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'tests/**/*.test.ts'],
    exclude: ['tests/slow/**', 'node_modules/**'],
    setupFiles: ['tests/support/property-seed.ts'],
    pool: 'forks',
    testTimeout: 30_000,
  },
})
