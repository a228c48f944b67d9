export { byKind, type ScoredPair, scorePairs } from './comparing/score-pairs.ts'
export { encoderVerifier, loadVerifier, type Verifier } from './comparing/verifier.ts'
export { type Verdict, type VerifyPictures, verifyPictures } from './comparing/verify-pictures.ts'
export {
  type DuplicateGroup,
  type FindDuplicatesOptions,
  findDuplicates,
} from './duplicates/find-duplicates.ts'
export { evaluateFaces, type FaceReport } from './faces/evaluate-faces.ts'
export { type Face, type Landmarks, landmarkNames } from './faces/face.ts'
export { faceModels } from './faces/face-models.ts'
export { facesVerifier } from './faces/faces-verifier.ts'
export {
  type FaceOutcome,
  type FacePick,
  type Faces,
  openFaces,
} from './faces/open-faces.ts'
export {
  type Candidate,
  deleteEnrolled,
  type Enrolled,
  enrol,
  type Gallery,
  type GalleryPlace,
  listEnrolled,
  openGallery,
} from './identification/gallery.ts'
export { type IdentifyOptions, type Identity, identify } from './identification/identify.ts'
export { verificationRecipes, verificationSweeps } from './recipes/index.ts'
export { type ErrorReport, errorReport } from './report/error-report.ts'
export { type MeasuredPairs, measurePairs } from './report/measure-pairs.ts'
export { rocChart } from './report/roc-chart.ts'
export { scoreHistogram } from './report/score-histogram.ts'
export {
  type Calibration,
  calibratedProbability,
  chooseThreshold,
  readCalibration,
  type Threshold,
  type ThresholdWish,
  writeCalibration,
} from './thresholds/calibration.ts'
export { type FinishedRun, readFinishedRun } from './training/finished-run.ts'
export { type Judgement, judgeScores } from './training/judge-scores.ts'
export { loadPairSet, type PairSet, validationPairs } from './training/pair-set.ts'
export { trainVerifier, type VerifierTraining, viewsOf } from './training/train-verifier.ts'
export type { VerifierRecipe } from './training/verifier-recipe.ts'
