import { expect, test } from 'vitest'
import { input } from '../value.ts'
import { einsum } from './einsum.ts'
import { readEinsum } from './einsum-equation.ts'

const [m23, m34, v4] = [input('a', [2, 3]), input('b', [3, 4]), input('c', [4])]

test.each([
  [
    'ij,jk',
    [
      [2, 3],
      [3, 4],
    ],
    ['ij', 'jk'],
    'ik',
  ],
  ['ba', [[2, 3]], ['ba'], 'ab'],
  ['bA', [[2, 3]], ['bA'], 'Ab'],
  ['ii', [[3, 3]], ['ii'], ''],
  [' i j -> j ', [[2, 3]], ['ij'], 'j'],
  ['i,->i', [[2], []], ['i', ''], 'i'],
  [
    '...ij,jk',
    [
      [5, 6, 2, 3],
      [3, 4],
    ],
    ['ABij', 'jk'],
    'ABik',
  ],
  ['A...->...A', [[2, 3, 4]], ['ABC'], 'BCA'],
  ['...,...', [[3], [2, 3]], ['B', 'AB'], 'AB'],
  ['...i', [[2]], ['i'], 'i'],
])('%s', (equation, shapes, terms, output) => {
  expect(readEinsum(equation, shapes)).toEqual({ terms, output })
})

test.each([
  [
    'ij,jk',
    () => einsum('ij,jk', m23, input('d', [4, 3])),
    /"ij,jk" of \[2, 3\], \[4, 3\]: axis 0 of operand 1 has 4 elements, another of the same letter 3/,
  ],
  ['a term too few', () => einsum('ij', m23, m34), /there are 1 terms/],
  ['a term too short', () => einsum('i,jk', m23, m34), /term i does not have 2 axes/],
  ['an ellipsis too many', () => einsum('ijk...', m23), /term ijk\.\.\. does not have 2 axes/],
  ['no letters', () => einsum('1j->j', m23), /this is no equation/],
  ['two arrows', () => einsum('ij->i->j', m23), /this is no equation/],
  ['two ellipses', () => einsum('...i...->i', m23), /this is no equation/],
  [
    'a new letter',
    () => einsum('i->ij', v4),
    /each letter of the output must be one of an operand/,
  ],
  ['a letter twice', () => einsum('i->ii', v4), /stand there once/],
])('%s is refused', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})
