import { join } from 'node:path'
import { AppError } from '../../src/core/index.ts'
import { readLfw } from '../../src/data/index.ts'
import {
  evaluateFaces,
  type FaceReport,
  faceModels,
  openFaces,
} from '../../src/verification/index.ts'
import type { SectionContext } from './context.ts'
import { percent } from './section.ts'

const title = '## Faces: one person or two, with networks from elsewhere'

/** Reports the face networks of the npm registry on View 1 of Labeled Faces in the Wild. */
export async function facesSection(options: SectionContext): Promise<string> {
  const { data, progress, signal, session } = options
  try {
    const view = await readLfw(join(data, 'lfw'))
    const faces = await openFaces({ env: process.env, progress, signal }, session)
    try {
      return render(await evaluateFaces(faces, view, { progress, signal }))
    } finally {
      await faces.close()
    }
  } catch (error) {
    const absent = error instanceof AppError && ['NotFound', 'Unavailable'].includes(error.code)
    if (!absent) throw error
    return `${title}\n\nThe data set or the npm registry was not there when this was written.\n`
  }
}

function render(report: FaceReport): string {
  const { photos, withoutFace, trainPairs, testPairs, droppedPairs } = report
  const figures = [
    report.trainAccuracy,
    report.accuracy,
    report.auc,
    report.falseMatchRate,
    report.falseNonMatchRate,
  ]
  return `${title}

View 1 of Labeled Faces in the Wild, grey photos of 250 x 250 px: ${trainPairs} train pairs, ${testPairs} test pairs (${droppedPairs} dropped). The networks are those of
\`vitrine models pull faces\`, as they are: ${faceModels.description}.
Nothing was learned from the data set. The threshold of the likeness (${report.threshold.toFixed(3)}) is the one that is best on the train pairs. Of several faces the one
nearest the middle is meant; in ${withoutFace} of ${photos} photos none was found, and the usual place was taken. The descriptor learned from VGGFace2,
photos of famous people, and nobody took out those who are in this data set too: so this is no figure for strangers. In percent.

| train pairs | **test pairs** | area under ROC | false match | false non-match |
|---|---|---|---|---|
| ${figures.map(percent).join(' | ')} |
`
}
