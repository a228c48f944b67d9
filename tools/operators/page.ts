import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gradientRules } from '../../src/autodiff/index.ts'
import { families } from '../../tests/gradients/index.ts'
import { buildersIn } from './builders.ts'

/** The page docs/operators.md: what is differentiated, and what proves it. */
export function operatorsPage(root: string): string {
  const builders = buildersBelow(join(root, 'src/onnx/operators'))
  const proven = Object.entries(families).flatMap(([family, { cases }]) =>
    Object.entries(cases).map(([operator, list]) => ({ operator, family, list })),
  )
  const rows = proven
    .toSorted((a, b) => (a.operator.toLowerCase() < b.operator.toLowerCase() ? -1 : 1))
    .map(({ operator, family, list }) => {
      const points = list.map(({ at }) => Object.entries(at))
      const inputs = new Set(points.flatMap((at) => at.map(([name]) => name)))
      const dtypes = new Set(points.flatMap((at) => at.map(([, { dtype }]) => dtype)))
      return [
        `\`${operator}\``,
        built(builders.get(operator)),
        [...inputs].join(', '),
        dtypes.has('float64') ? 'float64' : 'float32',
        familyLinks(root, family),
      ]
    })
  const without = [...builders.keys()].filter((operator) => gradientRules[operator] === undefined)
  return `# Operators

Written by \`npm run docs:operators\` from the tables of rules, the builders and the tests that prove them.

An ONNX file may use any operator that onnxruntime runs; those below are differentiated too, so a network of them can be trained.
Each rule is compared with central differences (in float64 wherever onnxruntime has the kernel) by each of the inputs named, and with
PyTorch's values and gradients. A form of an operator that its rule does not hold for is refused by \`UnsupportedOp\`, never differentiated
wrongly. An operator without a builder (\`onnx.conv\`, ...) comes from files, or from \`onnx.apply\`.
[Add an operator](extending/add-an-operator.md) says how to add one.

${rows.length} operators are differentiated:

${table(['operator', 'builder', 'gradient by', 'differences in', 'rule and proof'], rows)}

These have a builder and no gradient; what comes after them is a constant to the backward pass:

${table(
  ['operator', 'builder'],
  without.toSorted().map((operator) => [`\`${operator}\``, built(builders.get(operator))]),
)}
`
}

function buildersBelow(folder: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>()
  const files = readdirSync(folder).filter((name) =>
    /^(?!.*\.test\.ts$)(?!index\.ts$).*\.ts$/.test(name),
  )
  for (const file of files.toSorted())
    for (const [operator, builder] of buildersIn(readFileSync(join(folder, file), 'utf8')))
      found.set(operator, [...(found.get(operator) ?? []), builder])
  return found
}

const built = (names: readonly string[] = []): string =>
  names.map((name) => `\`${name}\``).join(', ')

function familyLinks(root: string, family: string): string {
  const rule = `src/autodiff/${family}.ts`
  const proof = `[proof](../tests/gradients/${family}.ts)`
  return `${existsSync(join(root, rule)) ? `[${family}](../${rule})` : family}, ${proof}`
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
