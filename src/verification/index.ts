export { evaluateFaces, type FaceReport } from './faces/evaluate-faces.ts'
export { type Face, type Landmarks, landmarkNames } from './faces/face.ts'
export { faceModels } from './faces/face-models.ts'
export {
  type FaceOutcome,
  type FacePick,
  type Faces,
  likeness,
  openFaces,
} from './faces/open-faces.ts'
