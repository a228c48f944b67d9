import { z } from 'zod'

/** `--weights attributes=0.2,triplet=0.4,dino=0.4`: how much each encoder counts, by its name. */
export const weightsOption = z.string().transform((text, context) => {
  const pairs = text.split(',').map((part) => /^\s*([^=,]+?)\s*=\s*([-+\d.e]+)\s*$/i.exec(part))
  const weights: Record<string, number> = {}
  for (const pair of pairs) {
    const [, name = '', value = ''] = pair ?? []
    const weight = Number(value)
    if (name === '' || value === '' || !Number.isFinite(weight) || Object.hasOwn(weights, name)) {
      context.addIssue({
        code: 'custom',
        message: 'wanted each encoder once with a number, separated by commas: a=0.6,b=0.4',
      })
      return z.NEVER
    }
    weights[name] = weight
  }
  return weights
})
