/** An epoch of 81 iconic pictures is two steps, so there are more of them. */
export const iconicPhases = {
  phases: [
    { epochs: 600, size: 64 },
    { epochs: 200, size: 96 },
  ],
  validateEvery: 40,
} as const
