/** Width and height in pixels. */
export interface PixelSize {
  readonly width: number
  readonly height: number
}

/** Scans of a progressive JPEG that are decoded without a time limit; usual are 10. */
const mostScans = 32

const startOfScan = Buffer.of(0xff, 0xda)
/** Quantization and Huffman tables, restart interval, JFIF header, comment. */
const harmless = new Set([0xdb, 0xc4, 0xdd, 0xe0, 0xfe])
/** Start of a frame: baseline, extended, progressive. */
const frames = new Set([0xc0, 0xc1, 0xc2])

/**
 * The size of a JPEG picture that needs nothing but decoding: 8-bit YCbCr with whole or halved
 * chroma, a whole file of few scans, without orientation (EXIF), colour profile or Adobe's marker.
 * @returns undefined for any other file
 */
export function plainJpegSize(bytes: Uint8Array): PixelSize | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  if (file.length < 4 || file.readUInt16BE(file.length - 2) !== 0xffd9) return undefined
  let size: PixelSize | undefined
  for (let at = 2; at + 4 <= file.length; ) {
    const marker = file[at + 1]!
    if (file[at] !== 0xff) return undefined
    if (marker === 0xda) return hasFewScans(file, at) ? size : undefined
    const end = at + 2 + file.readUInt16BE(at + 2)
    if (frames.has(marker)) {
      if (size !== undefined) return undefined
      size = sizeOfFrame(file.subarray(at + 4, end))
      if (size === undefined) return undefined
    } else if (!harmless.has(marker)) return undefined
    at = end
  }
  return undefined
}

/** Precision, height, width and three components: number, sampling factors, table. */
function sizeOfFrame(frame: Buffer): PixelSize | undefined {
  if (frame.length !== 15 || frame[0] !== 8 || frame[5] !== 3) return undefined
  const numbers = [frame[6], frame[9], frame[12]]
  const [luma, ...chroma] = [frame[7]!, frame[10]!, frame[13]!]
  const usual =
    numbers.every((number, i) => number === i + 1) &&
    [0x11, 0x21, 0x22].includes(luma!) &&
    chroma.every((factors) => factors === 0x11)
  const [height, width] = [frame.readUInt16BE(1), frame.readUInt16BE(3)]
  return usual && width > 0 && height > 0 ? { width, height } : undefined
}

function hasFewScans(file: Buffer, first: number): boolean {
  let at = first
  for (let scans = 0; at !== -1; scans++) {
    if (scans === mostScans) return false
    at = file.indexOf(startOfScan, at + 2)
  }
  return true
}
