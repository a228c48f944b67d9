import { type Face, type Landmarks, landmarkNames } from './face.ts'

/**
 * One face for all the guesses that mean it: those that overlap the surest one left are averaged with it,
 * weighted by their scores, which is steadier than the surest alone.
 * @param faces the surest first
 * @param overlap which share of their union two boxes must have in common to mean one face
 * @see Bazarevsky et al. 2019, section 3.4 (blending instead of suppression)
 */
export function mergeFaces(faces: readonly Face[], overlap: number): Face[] {
  const merged: Face[] = []
  let left = faces
  while (left[0] !== undefined) {
    const [surest] = left
    const meant = left.filter(
      (face) => face === surest || overlapOf(face.box, surest.box) > overlap,
    )
    merged.push(average(meant, surest.score))
    left = left.filter((face) => !meant.includes(face))
  }
  return merged
}

/** Intersection over union of two boxes; 0 where one is no box at all. */
export function overlapOf(a: Face['box'], b: Face['box']): number {
  const side = (from: 'x' | 'y', size: 'width' | 'height') =>
    Math.max(0, Math.min(a[from] + a[size], b[from] + b[size]) - Math.max(a[from], b[from]))
  const shared = side('x', 'width') * side('y', 'height')
  const union = a.width * a.height + b.width * b.height - shared
  return union > 0 ? shared / union : 0
}

function average(faces: readonly Face[], score: number): Face {
  const total = faces.reduce((sum, face) => sum + face.score, 0)
  const mean = (of: (face: Face) => number) =>
    faces.reduce((sum, face) => sum + face.score * of(face), 0) / total
  return {
    score,
    box: {
      x: mean(({ box }) => box.x),
      y: mean(({ box }) => box.y),
      width: mean(({ box }) => box.width),
      height: mean(({ box }) => box.height),
    },
    landmarks: Object.fromEntries(
      landmarkNames.map((name) => [
        name,
        { x: mean((face) => face.landmarks[name].x), y: mean((face) => face.landmarks[name].y) },
      ]),
    ) as Landmarks,
  }
}
