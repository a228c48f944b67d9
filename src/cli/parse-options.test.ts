import fc from 'fast-check'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand } from './command.ts'
import { parseLine } from './parse-options.ts'

const pairs = z
  .string()
  .refine((text) => text.includes('='), { error: 'wanted name=number, such as triplet=0.4' })
  .transform((text) => text.split('='))

const search = defineCommand({
  name: 'search',
  summary: 'Find products',
  examples: [],
  options: z.object({
    image: z.string().describe('path of a picture'),
    also: z.array(z.string()).default([]),
    top: z.coerce.number().int().min(1).max(1000).default(5),
    minScore: z.coerce.number().gt(-1).optional(),
    seed: z.coerce.number().int().default(0),
    device: z.enum(['cpu', 'webgpu']).default('cpu'),
    weights: pairs.optional(),
    contactSheet: z.boolean().default(true),
    layers: z.array(z.coerce.number().int()).optional(),
  }),
  positionals: ['image', 'also'],
  run: async (options) => ({ data: options }),
})

function optionsOf(...args: string[]): Record<string, unknown> {
  const line = parseLine(search, args)
  if (line.wants !== 'run') throw new Error('help was asked for')
  return line.options
}

function complaintOf(...args: string[]): string[] {
  try {
    parseLine(search, args)
  } catch (error) {
    return (error as Error).message.replace(/; see vitrine search --help$/, '').split('\n')
  }
  throw new Error(`${args} was accepted`)
}

test('flags in kebab-case become typed fields, the rest has its default', () => {
  expect(optionsOf('--image', 'a.jpg', '--min-score=0.25', '--no-contact-sheet')).toEqual({
    image: 'a.jpg',
    also: [],
    top: 5,
    minScore: 0.25,
    seed: 0,
    device: 'cpu',
    contactSheet: false,
  })
})

test('words without a flag fill the positionals, an array takes the rest', () => {
  expect(optionsOf('a.jpg', '--top', '3', 'b.jpg', 'c.jpg')).toMatchObject({
    image: 'a.jpg',
    also: ['b.jpg', 'c.jpg'],
    top: 3,
  })
  expect(optionsOf('--image', 'a.jpg', 'b.jpg')).toMatchObject({ image: 'a.jpg', also: ['b.jpg'] })
  expect(optionsOf('--', '--odd-name.jpg')).toMatchObject({ image: '--odd-name.jpg' })
})

test('a repeated flag fills an array, and a transform makes what it likes', () => {
  const options = optionsOf('a', '--layers', '3', '--layers=4', '--weights', 'dino=0.5')
  expect(options).toMatchObject({ layers: [3, 4], weights: ['dino', '0.5'] })
})

test('every whole number in range arrives as itself, negative ones without an equals sign too', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1000 }), fc.integer(), (top, seed) => {
      const options = optionsOf('a', '--top', String(top), '--seed', String(seed))
      expect(options).toMatchObject({ top, seed })
    }),
  ))

test.each(['x', '', '0x10', 'Infinity', '0', '1001', '2.5', '1e9'])(
  'a number that is %j is refused with what was wanted',
  (text) => {
    expect(complaintOf('a', '--top', text)).toEqual([
      `--top: got "${text}", wanted a whole number from 1 to 1000`,
    ])
  },
)

test('each wrong option has a line of its own', () => {
  expect(complaintOf('--device', 'gpu', '--weights', 'dino', '--layers', '1.5')).toEqual([
    '--image: missing, wanted path of a picture',
    '--device: got "gpu", wanted one of cpu, webgpu',
    '--weights: got "dino", wanted name=number, such as triplet=0.4',
    '--layers: got "1.5", wanted a whole number',
  ])
})

test('an unknown option suggests the closest name, if any is close', () => {
  expect(complaintOf('a', '--tpo', '3')[0]).toBe(
    '--tpo: there is no such option; did you mean --top?',
  )
  expect(complaintOf('a', '--zebra')).toEqual(['--zebra: there is no such option'])
  expect(complaintOf('a', '-t')).toEqual(['-t: there is no such option'])
})

test('a flag is not taken for the value of the flag before it', () => {
  expect(complaintOf('a', '--device', '--top', '3')[0]).toBe(
    '--device: needs a value, wanted one of cpu, webgpu',
  )
  expect(complaintOf('a', '--contact-sheet=yes')).toEqual([
    '--contact-sheet: takes no value, got "yes"',
  ])
})

test('--help wins over anything else that is wrong', () => {
  expect(parseLine(search, ['--zebra', '--help'])).toEqual({ wants: 'help' })
})

test('arguments of any kind are understood or refused in words', () =>
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.string(), fc.constantFrom('--top', '--', '-', '--no-top'))),
      (args) => {
        try {
          parseLine(search, args)
        } catch (error) {
          expect(error).toMatchObject({ name: 'AppError', code: 'InvalidInput' })
        }
      },
    ),
  ))
