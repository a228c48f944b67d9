/** The picture formats Vitrine reads, by the names messages use. */
type PictureFormat = 'JPEG' | 'PNG' | 'WebP' | 'GIF' | 'AVIF'

/** How messages list the formats that are read. */
export const readableFormats = 'JPEG, PNG, WebP, GIF or AVIF'

/** What the first bytes of a file say it is. */
export interface Sniffed {
  /** The format, where Vitrine reads it. */
  readonly format?: PictureFormat
  /** A few words for messages: `a JPEG picture`, `an SVG drawing`, `text`. */
  readonly description: string
}

/**
 * Tells what a file is by its first bytes, never by its name.
 *
 * Only formats recognised here reach the decoder, so a drawing, a document or a script named
 * `.jpg` does not.
 * @param bytes the beginning of the file; 512 bytes are enough
 */
export function sniff(bytes: Uint8Array): Sniffed {
  if (bytes.length === 0) return { description: 'empty' }
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 512))
  const latin = head.toString('latin1')
  for (const [format, isOne] of readable)
    if (isOne(latin))
      return { format, description: `${format === 'AVIF' ? 'an' : 'a'} ${format} picture` }
  for (const [description, isOne] of known) if (isOne(latin)) return { description }
  return { description: looksLikeText(head) ? 'text' : 'data of no known picture format' }
}

type Rule<Name> = readonly [Name, (head: string) => boolean]

const readable: readonly Rule<PictureFormat>[] = [
  ['JPEG', (head) => head.startsWith('\xff\xd8\xff')],
  ['PNG', (head) => head.startsWith('\x89PNG\r\n\x1a\n')],
  ['WebP', (head) => head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP'],
  ['GIF', (head) => head.startsWith('GIF87a') || head.startsWith('GIF89a')],
  ['AVIF', (head) => brands(head).some((brand) => brand === 'avif' || brand === 'avis')],
]

const known: readonly Rule<string>[] = [
  ['an SVG drawing', (head) => /^\s*(\xef\xbb\xbf)?\s*</.test(head) && /<svg[\s>]/i.test(head)],
  ['a web page or XML', (head) => /^\s*(\xef\xbb\xbf)?\s*<[!?a-z]/i.test(head)],
  ['a TIFF picture', (head) => head.startsWith('II*\0') || head.startsWith('MM\0*')],
  ['a HEIC picture', (head) => brands(head).some((brand) => /^(hei|hev|mif1|msf1)/.test(brand))],
  ['a video (MP4 or MOV)', (head) => brands(head).length > 0],
  ['a video (WebM or Matroska)', (head) => head.startsWith('\x1a\x45\xdf\xa3')],
  ['a BMP picture', (head) => head.startsWith('BM') && head.slice(6, 10) === '\0\0\0\0'],
  ['a JPEG XL picture', (head) => head.startsWith('\xff\x0a') || head.slice(4, 8) === 'JXL '],
  ['a PDF document', (head) => head.startsWith('%PDF')],
  ['a compressed archive', (head) => head.startsWith('PK\x03\x04') || head.startsWith('\x1f\x8b')],
]

/** The major and compatible brands of an ISO base media file; none where it is not one. */
function brands(head: string): string[] {
  if (head.slice(4, 8) !== 'ftyp') return []
  const boxBytes = Buffer.from(head.slice(0, 4), 'latin1').readUInt32BE()
  const list = head.slice(8, Math.min(boxBytes, 128)).match(/.{4}/gs) ?? []
  return list.filter((_, i) => i !== 1) // the second word is a version
}

function looksLikeText(head: Uint8Array): boolean {
  return head.every((byte) => byte >= 32 || (byte >= 9 && byte <= 13) || byte === 27)
}
