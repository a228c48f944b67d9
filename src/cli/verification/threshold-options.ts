import { z } from 'zod'

/** The options by which a command chooses what is taken for the same. */
export const thresholdOptions = {
  threshold: z.coerce
    .number()
    .optional()
    .describe(
      'lowest score that is taken for the same; default: most accurate on validation pairs',
    ),
  falseMatchRate: z.coerce
    .number()
    .gt(0)
    .max(0.5)
    .optional()
    .describe('instead: how often two may be taken for one, 0.01 for one in a hundred'),
} as const
