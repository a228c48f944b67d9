/**
 * A text with its control characters spelt out (`\x1b`), so that a file name or a title from
 * outside cannot steer the terminal. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  // Built from numbers because a control character in a pattern is easily lost in an editor.
  return text.replace(controls, (character) => {
    const hex = character.charCodeAt(0).toString(16).padStart(2, '0')
    return `\\x${hex}`
  })
}

const range = (first: number, last: number): string =>
  `${String.fromCharCode(first)}-${String.fromCharCode(last)}`

const controls = new RegExp(`[${range(0x00, 0x08)}${range(0x0b, 0x1f)}${range(0x7f, 0x9f)}]`, 'g')
