import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { messageOf } from '../../core/index.ts'
import { readModelFolder } from '../../encoders/index.ts'
import type { Check } from './check.ts'

/** Whether every model folder in `models/` holds the model that its card describes. */
export async function modelChecks(models: string): Promise<Check[]> {
  const entries = await readdir(models, { withFileTypes: true }).catch(() => [])
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name)
  if (folders.length === 0) {
    const detail = `none in ${models}`
    const remedy = 'train one with vitrine train, or reinstall vitrine'
    return [{ name: 'Shipped models', status: 'absent', detail, remedy }]
  }
  const checks: Check[] = []
  for (const folder of folders.sort()) checks.push(await modelCheck(join(models, folder), folder))
  return checks
}

async function modelCheck(folder: string, model: string): Promise<Check> {
  const name = `Model ${model}`
  try {
    const { card } = await readModelFolder(folder)
    const detail = `${card.version}, ${card.dimension} values a ${card.modality}, as its card says`
    return { name, status: 'ok', detail }
  } catch (error) {
    const remedy = 'reinstall vitrine, or restore models/ from version control'
    return { name, status: 'broken', detail: messageOf(error), remedy }
  }
}
