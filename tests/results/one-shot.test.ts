import { expect, test } from 'vitest'
import { chanceOfNone } from '../../tools/results/one-shot.ts'

test('the chance that none is drawn is what counting all draws says', () => {
  const [all, drawn] = [7, 3]
  for (let marked = 0; marked <= all; marked++) {
    let [draws, without] = [0, 0]
    for (let set = 0; set < 2 ** all; set++) {
      const members = Array.from({ length: all }, (_, i) => i).filter((i) => (set >> i) & 1)
      if (members.length !== drawn) continue
      draws++
      if (members.every((i) => i >= marked)) without++
    }
    expect(chanceOfNone(all, marked, drawn)).toBeCloseTo(without / draws, 12)
  }
})
