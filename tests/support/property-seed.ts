import fc from 'fast-check'

/** Property tests draw the same examples in every run; VITRINE_SEED makes them draw others. */
fc.configureGlobal({ seed: Number(process.env.VITRINE_SEED ?? 1) })
