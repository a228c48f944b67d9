import { pipeline, type Readable } from 'node:stream'
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib'
import { invalidInput, messageOf } from '../../core/index.ts'

const decoders = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
}

/** A body with the headers that say how it was sent. */
export interface Body {
  readonly stream: Readable
  readonly contentLength: string | undefined
  readonly contentEncoding: string | undefined
}

/**
 * Reads a body of bounded size. The limit holds for what arrives and for what it is unpacked to, and
 * the stream is dropped as soon as it is passed; what the server declares is believed only where it
 * declares too much.
 * @throws InvalidInput when it is larger, or packed in a way that cannot be undone
 */
export async function readBody(
  { stream, contentLength, contentEncoding = 'identity' }: Body,
  limitBytes: number,
): Promise<Buffer> {
  stream.on('error', () => {}) // it is thrown below, where the parts are awaited
  if (Number(contentLength) > limitBytes) throw tooLarge(stream, limitBytes)
  const encoding = contentEncoding.trim().toLowerCase()
  const parts: Buffer[] = []
  let bytes = 0
  try {
    for await (const part of decoded(stream, encoding)) {
      bytes += part.length
      if (bytes > limitBytes) throw tooLarge(stream, limitBytes)
      parts.push(part)
    }
  } catch (error) {
    if (/^(Z_|ERR__|ERR_BROTLI)/.test((error as NodeJS.ErrnoException).code ?? ''))
      throw invalidInput(`sent ${encoding} that cannot be unpacked (${messageOf(error)})`)
    throw error
  } finally {
    stream.destroy()
  }
  return Buffer.concat(parts)
}

function decoded(stream: Readable, encoding: string): AsyncIterable<Buffer> {
  if (encoding === 'identity' || encoding === '') return stream
  const decoder = decoders[encoding as keyof typeof decoders]
  if (decoder === undefined) {
    stream.destroy()
    throw invalidInput(`sent the content encoding ${JSON.stringify(encoding)}, which is not read`)
  }
  return pipeline(stream, decoder(), () => {}) // its error is thrown where the parts are awaited
}

function tooLarge(stream: Readable, limitBytes: number): Error {
  stream.destroy()
  return invalidInput(`is larger than ${limitBytes / 2 ** 20} MiB; offer a smaller one`)
}
