/** The same phases in the same proportion, with this many epochs in all. */
export function withEpochs<P extends { readonly epochs: number }>(
  phases: readonly P[],
  epochs: number,
): P[] {
  const total = phases.reduce((sum, phase) => sum + phase.epochs, 0)
  let done = 0
  let given = 0
  return phases
    .map((phase) => {
      done += phase.epochs
      const share = Math.round((done / total) * epochs) - given
      given += share
      return { ...phase, epochs: share }
    })
    .filter((phase) => phase.epochs > 0)
}
