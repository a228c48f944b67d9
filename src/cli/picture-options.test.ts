import { expect, test } from 'vitest'
import { boxOption, timeOption } from './picture-options.ts'

test.each([
  ['40,20,300,280', { x: 40, y: 20, width: 300, height: 280 }],
  [' 0 , 0 , 1 , 1 ', { x: 0, y: 0, width: 1, height: 1 }],
  ['-5,0,10,10', { x: -5, y: 0, width: 10, height: 10 }],
])('box %j', (text, box) => {
  expect(boxOption.parse(text)).toEqual(box)
})

test.each(['', '1,2,3', '1,2,3,4,5', '1,2,0,4', 'NaN,0,1,1', '1e3,0,1,1', '0.5,0,1,1', '1,2,-3,4'])(
  'box %j is refused',
  (text) => {
    expect(boxOption.safeParse(text).success).toBe(false)
  },
)

test.each([
  ['0', 0],
  ['12.5', 12.5],
  ['0:12.5', 12.5],
  ['90:00', 5400],
  ['1:02:03.25', 3723.25],
])('time %j is %d s', (text, seconds) => {
  expect(timeOption.parse(text)).toBe(seconds)
})

test.each(['', 'noon', '-1', '1:2:3:4', '1:', 'NaN', 'Infinity', '1e3', '1.2:3'])(
  'time %j is refused',
  (text) => {
    expect(timeOption.safeParse(text).success).toBe(false)
  },
)
