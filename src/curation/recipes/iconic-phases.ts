/** An epoch of 81 iconic pictures is two steps, so there are more of them. */
export const iconicPhases = {
  phases: [
    { epochs: 300, size: 64 },
    { epochs: 100, size: 96 },
  ],
  validateEvery: 20,
} as const
