import { AppError } from '../../core/index.ts'
import {
  type IndexCatalogueOptions,
  type IndexReport,
  indexCatalogue,
} from '../catalogue/index-catalogue.ts'

/** Brings an index up to date, or makes it anew where it is damaged or of another encoder. */
export async function refreshIndex(
  options: Omit<IndexCatalogueOptions, 'update'>,
): Promise<IndexReport> {
  try {
    return await indexCatalogue({ ...options, update: true })
  } catch (error) {
    const ofTheIndex =
      error instanceof AppError && (error.code === 'Conflict' || error.code === 'InvalidInput')
    if (!ofTheIndex) throw error
    return indexCatalogue(options)
  }
}
