import { resolve } from 'node:path'
import { z } from 'zod'
import { invalidInput } from '../../core/index.ts'
import { type Verdict, verifyPictures } from '../../verification/index.ts'
import { defineCommand } from '../command.ts'
import { percent } from '../eval/percent.ts'
import { encoderChoice, modelOptions } from '../model-options.ts'
import { openChosenVerifier } from '../verification/open-verifier.ts'
import { thresholdOptions } from '../verification/threshold-options.ts'

const { encoder: _, ...oneModel } = modelOptions

/** Decides whether two pictures show the same one; see docs/guides/verification.md. */
export const verify = defineCommand({
  name: 'verify',
  summary: 'Decide whether two pictures show the same one',
  examples: [
    { line: 'verify shelf.jpg catalogue.jpg', what: 'products, by the shipped encoder' },
    {
      line: 'verify a.jpg b.jpg --model faces --calibration faces.json',
      what: 'faces, by networks that are pulled once',
    },
    {
      line: 'verify a.jpg b.jpg --model runs/siamese-final-seed1/model --false-match-rate 0.05',
      what: 'faces, by a verifier that you trained',
    },
  ],
  positionals: ['one', 'two'],
  options: z.object({
    one: z.string().describe('a picture'),
    two: z.string().describe('another picture'),
    ...thresholdOptions,
    calibration: z.string().optional().describe('what "vitrine calibrate" wrote of this model'),
    ...oneModel,
  }),
  async run({ one, two, threshold, falseMatchRate, calibration, ...options }, context) {
    if (threshold !== undefined && falseMatchRate !== undefined)
      throw invalidInput('verify: --threshold and --false-match-rate say the same; leave one out')
    const { cwd, signal } = context
    const verifier = await openChosenVerifier({ ...encoderChoice(options, context), calibration })
    try {
      if (falseMatchRate !== undefined && verifier.calibration === undefined)
        throw invalidInput(
          `verify: nothing tells the false-match rates of ${verifier.name}; calibrate it with "vitrine calibrate" or give --threshold`,
        )
      const verdict = await verifyPictures({
        verifier,
        paths: [resolve(cwd, one), resolve(cwd, two)],
        threshold,
        falseMatchRate,
        signal,
      })
      const data = { model: verifier.name, one, two, ...verdict }
      return { data, render: () => said(verifier.name, verdict) }
    } finally {
      await verifier.close()
    }
  },
})

function said(name: string, verdict: Verdict): string {
  const { score, threshold, same, probability, falseMatchRate, falseNonMatchRate } = verdict
  const decision =
    same === undefined
      ? `no decision: nothing calibrates ${name}; give --threshold, or see "vitrine calibrate"`
      : same
        ? 'the same'
        : 'different'
  const rates =
    falseMatchRate === undefined || falseNonMatchRate === undefined
      ? []
      : [
          `on validation pairs that threshold took ${percent(falseMatchRate)} % of two for one and ${percent(falseNonMatchRate)} % of one for two`,
        ]
  return [
    decision,
    `score ${score.toFixed(4)}${threshold === undefined ? '' : `, threshold ${threshold.toFixed(4)}`}`,
    ...(probability === undefined
      ? []
      : [`${percent(probability)} % likely to be the same, where half of all pairs are`]),
    ...rates,
    ...(verdict.identical ? ['both files are the same, byte for byte: give two photos'] : []),
  ].join('\n')
}
