import { messageOf } from '../core/index.ts'

/** Where in onnxruntime's own source something went wrong: a file with a line and a function, a code. */
const places = [
  /^Load model from .*? failed:/,
  /^.*\[ONNXRuntimeError\] : \d+ : \w+ : /,
  /^\/\S+:\d+ .*?\) (?=[A-Z])/,
  /\b\w+\.cc:\d+ \w+ (?=[A-Z])/,
]

/** The first line of what onnxruntime says, which may go on for pages, without places in its source. */
export function saidBy(error: unknown): string {
  const line = messageOf(error).split('\n', 1)[0] ?? ''
  return places.reduce((words, place) => words.replace(place, ''), line).slice(0, 600)
}
