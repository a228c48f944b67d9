import type { SiameseRecipe } from '../training/verifier-recipe.ts'

/** The first model of paper 004: no normalisation, Adam. */
const siameseAdam: SiameseRecipe = {
  kind: 'siamese',
  name: 'siamese-adam',
  view: { middle: 1, size: 105 },
  network: { batchNorm: false },
  pairsPerBatch: 128,
  epochs: 20,
  optimizer: { name: 'adam', penalty: 0, learningRate: 1e-4, tenthEvery: 10 },
  validateEvery: 1,
  patience: 5,
}

const batchNorm: SiameseRecipe = {
  ...siameseAdam,
  name: 'siamese-batch-norm',
  network: { batchNorm: true },
}

const dropout = (rate: number): SiameseRecipe => ({
  ...batchNorm,
  name: `siamese-dropout-${rate}`,
  network: { batchNorm: true, dropout: rate },
})

const penalised = (pairsPerBatch: number, power: number): SiameseRecipe => ({
  ...batchNorm,
  name: `siamese-batch-${pairsPerBatch}-decay-1e-${power}`,
  pairsPerBatch,
  optimizer: { name: 'adam', penalty: Number(`1e-${power}`), learningRate: 1e-4, tenthEvery: 10 },
})

/** The paper's final model: the best cell of its grid. */
const final: SiameseRecipe = { ...penalised(32, 5), name: 'siamese-final' }

/** The paper's 4 x 3 grid of batch size and weight decay. */
export const paperGrid: readonly SiameseRecipe[] = [32, 64, 128, 256].flatMap((pairs) =>
  [4, 5, 6].map((power) => (pairs === 32 && power === 5 ? final : penalised(pairs, power))),
)

/**
 * The experiments of paper 004, by what it compares. It does not say whether its SGD has momentum; Koch
 * et al. 2015, whom it follows, have, so that 0.9 is assumed.
 */
export const paperExperiments: readonly SiameseRecipe[] = [
  siameseAdam,
  {
    ...siameseAdam,
    name: 'siamese-sgd',
    optimizer: { name: 'sgd', momentum: 0.9, learningRate: 1e-4, tenthEvery: 10 },
  },
  batchNorm,
  dropout(0.1),
  dropout(0.2),
  final,
]
