import { z } from 'zod'

/** `--box 40,20,300,280`: left, top, width and height in whole pixels. */
export const boxOption = z.string().transform((text, context) => {
  const found = /^\s*(-?\d{1,9})\s*,\s*(-?\d{1,9})\s*,\s*(\d{1,9})\s*,\s*(\d{1,9})\s*$/.exec(text)
  const [x = 0, y = 0, width = 0, height = 0] = found?.slice(1).map(Number) ?? []
  if (width >= 1 && height >= 1) return { x, y, width, height }
  context.addIssue({
    code: 'custom',
    message: 'wanted x,y,width,height in whole pixels, width and height at least 1: 40,20,300,280',
  })
  return z.NEVER
})

/** `--time 12.5`, `--time 0:12.5` or `--time 1:02:03`: a moment of a video, in seconds. */
export const timeOption = z.string().transform((text, context) => {
  const found = /^\s*(?:(?:(\d{1,4}):)?(\d{1,5}):)?(\d{1,9}(?:\.\d{1,9})?)\s*$/.exec(text)
  if (found !== null) {
    const [hours = 0, minutes = 0, seconds = 0] = found.slice(1).map((part) => Number(part ?? 0))
    return hours * 3600 + minutes * 60 + seconds
  }
  context.addIssue({ code: 'custom', message: 'wanted seconds or minutes:seconds: 12.5 or 0:12.5' })
  return z.NEVER
})
