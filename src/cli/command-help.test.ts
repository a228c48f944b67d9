import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand } from './command.ts'
import { commandHelp } from './command-help.ts'

test('help says usage, each option with its range and default, and the examples', () => {
  const command = defineCommand({
    name: 'search',
    summary: 'Find the products that look like a picture',
    examples: [{ line: 'search photo.jpg --top 10', what: 'The ten nearest products.' }],
    options: z.object({
      image: z.string().describe('path of a picture'),
      topCount: z.coerce.number().int().min(1).max(1000).default(5).describe('products to return'),
      also: z.array(z.string()).default([]).describe('further pictures'),
      sheet: z.boolean().default(true).describe('write a contact sheet'),
    }),
    positionals: ['image'],
    run: async () => ({ data: null }),
  })
  expect(commandHelp(command)).toBe(
    `Find the products that look like a picture

Usage: vitrine search <image> [options]

Options:
  --image <text>        path of a picture (needed)
  --top-count <number>  products to return (a whole number from 1 to 1000; default 5)
  --also <text>         further pictures (may be repeated)
  --sheet               write a contact sheet (--no-sheet to not)
  --json                print the result as JSON on stdout
  --help                print this

Examples:
  vitrine search photo.jpg --top 10
      The ten nearest products.`,
  )
})
