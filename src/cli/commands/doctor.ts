import { join } from 'node:path'
import { z } from 'zod'
import { defineCommand } from '../command.ts'
import type { Check } from '../doctor/check.ts'
import { dataCheck, folderCheck, hardwareChecks, nodeCheck } from '../doctor/machine-checks.ts'
import { modelChecks } from '../doctor/model-checks.ts'
import { nativeChecks } from '../doctor/native-checks.ts'
import { exitCodes } from '../exit-codes.ts'
import { findPackageRoot } from '../package-root.ts'
import { renderTable } from '../render-table.ts'

/** Looks at the machine, the native libraries, the shipped models and the data at hand. */
export const doctor = defineCommand({
  name: 'doctor',
  summary: 'Check that this machine has what Vitrine needs',
  examples: [
    { line: 'doctor', what: 'A table of what is here, what is absent and what to do about it.' },
    {
      line: 'doctor --json',
      what: 'The same for a machine; exits with 5 where something is broken.',
    },
  ],
  options: z.object({}),
  async run(_options, { signal, env, cwd, columns }) {
    const root = findPackageRoot(import.meta.url)
    const checks: Check[] = [
      { name: 'Vitrine', status: 'ok', detail: root.version },
      nodeCheck(process.version, root.nodeRange),
      ...hardwareChecks(),
      ...(await nativeChecks(signal)),
      ...(await modelChecks(join(root.path, 'models'))),
      await dataCheck({ env, cwd }),
      await folderCheck(cwd),
    ]
    const broken = checks.filter(({ status }) => status === 'broken')
    return {
      data: { ok: broken.length === 0, checks },
      exitCode: broken.length === 0 ? exitCodes.ok : exitCodes.Unavailable,
      render: () => page(checks, columns),
    }
  },
})

function page(checks: readonly Check[], columns: number | undefined): string {
  const broken = checks.filter(({ status }) => status === 'broken').length
  const table = renderTable({
    head: ['check', 'status', 'found', 'remedy'],
    rows: checks.map(({ name, status, detail, remedy }) => [name, status, detail, remedy ?? '']),
    columns,
  })
  const verdict =
    broken === 0 ? 'Vitrine works on this machine.' : `${broken} needed things are broken.`
  return `${table}\n\n${verdict}`
}
