import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { notFound } from '../../core/index.ts'
import { readModelFolder } from '../../encoders/index.ts'
import {
  encoderVerifier,
  type FacePick,
  faceModels,
  facesVerifier,
  loadVerifier,
  openFaces,
  readCalibration,
  type Verifier,
} from '../../verification/index.ts'
import {
  type EncoderChoice,
  findModel,
  modelsFolder,
  openChosenEncoder,
} from '../shipped-encoder.ts'

/** Which verifier a command works with. */
export interface VerifierChoice extends EncoderChoice {
  /** Which face is meant, for the networks for faces; default: there must be one alone. */
  readonly face?: FacePick
  /** File with the calibration, where it does not lie beside the model. */
  readonly calibration?: string | undefined
  /** Whether a calibration that lies beside the model counts; one that is made anew may replace a stale one. */
  readonly calibrated?: boolean
}

/**
 * Opens a trained verifier, or any encoder as one; the shipped encoder where none is named. The caller
 * closes it.
 * @throws NotFound when there is no model or calibration; InvalidInput when one is damaged or does not fit
 */
export async function openChosenVerifier(choice: VerifierChoice): Promise<Verifier> {
  const { model, cwd, threads, calibration, pull, face = 'only' } = choice
  const { calibrated: reads = true } = choice
  const { place, isThere } =
    model === undefined
      ? { place: join(modelsFolder(), 'grocery-triplet'), isThere: true }
      : findModel(model, cwd)
  const session = threads === undefined ? {} : { threads }
  const named = calibration === undefined ? undefined : resolve(cwd, calibration)
  if (named !== undefined && !existsSync(named))
    throw notFound(`${named}: there is no calibration here; make one with "vitrine calibrate"`)
  if (model === faceModels.text && pull !== undefined)
    return calibrated(facesVerifier(await openFaces(pull, session), face), named)
  const isFolder = isThere && existsSync(join(place, 'model.json'))
  const trained = isFolder && (await readModelFolder(place)).card.job === 'verification'
  if (trained) {
    const verifier = await loadVerifier(place, { ...session, calibrated: reads })
    return named === undefined ? verifier : calibrated(verifier, named)
  }
  const encoder = await openChosenEncoder(choice)
  const beside = isFolder && reads ? join(place, 'calibration.json') : undefined
  return calibrated(encoderVerifier(encoder), named ?? beside)
}

async function calibrated(verifier: Verifier, path: string | undefined): Promise<Verifier> {
  if (path === undefined) return verifier
  try {
    return { ...verifier, calibration: await readCalibration(path, verifier.hash) }
  } catch (error) {
    await verifier.close()
    throw error
  }
}
