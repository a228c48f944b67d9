import { closeSync, openSync, readSync, realpathSync, statSync } from 'node:fs'
import { invalidInput } from '../core/index.ts'
import { fileInside } from './file-inside.ts'
import type { ReadExternal } from './read-tensor.ts'

/** Reads what tensors keep in files beside the model. */
export interface ExternalData {
  readonly read: ReadExternal
  /** Closes the files. */
  close(): void
}

/**
 * External data of a model in a folder. A location may lead nowhere but into that folder, also not
 * through a link, and all tensors together may take no more bytes than the files hold.
 */
export function externalDataIn(folder: string): ExternalData {
  const home = realpathSync(folder)
  const files = new Map<string, { readonly descriptor: number; readonly size: number }>()
  let held = 0
  let taken = 0
  const open = (location: string, what: string) => {
    const known = files.get(location)
    if (known !== undefined) return known
    const path = fileInside(home, location, what)
    const { size } = statSync(path)
    const file = { descriptor: openSync(path, 'r'), size }
    files.set(location, file)
    held += size
    return file
  }
  return {
    read({ location = '', offset = '0', length }, { what, byteLength }) {
      const { descriptor, size } = open(location, what)
      const start = Number(offset)
      const wanted = length === undefined ? byteLength : Number(length)
      if (wanted !== byteLength)
        throw invalidInput(
          `${what}: its entry gives ${length} bytes, its shape wants ${byteLength}`,
        )
      if (!Number.isSafeInteger(start) || start < 0 || start + byteLength > size)
        throw invalidInput(
          `${what}: bytes ${offset} to ${start + byteLength} of "${location}" are wanted, the file has ${size}; it is not the file that belongs to this model`,
        )
      taken += byteLength
      if (taken > held)
        throw invalidInput(`${what}: tensors claim more bytes than their files hold together`)
      return bytesOf(descriptor, start, byteLength)
    },
    close() {
      for (const { descriptor } of files.values()) closeSync(descriptor)
    },
  }
}

function bytesOf(descriptor: number, start: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let done = 0
  while (done < length) {
    const read = readSync(descriptor, bytes, done, length - done, start + done)
    if (read === 0) throw invalidInput(`external data: the file ended while it was read`)
    done += read
  }
  return bytes
}
