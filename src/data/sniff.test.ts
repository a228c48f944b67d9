import sharp from 'sharp'
import { expect, test } from 'vitest'
import { sniff } from './sniff.ts'

const plain = sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })

test('real files of every readable format are recognised', async () => {
  expect(sniff(await plain.clone().jpeg().toBuffer()).format).toBe('JPEG')
  expect(sniff(await plain.clone().png().toBuffer()).format).toBe('PNG')
  expect(sniff(await plain.clone().webp().toBuffer()).format).toBe('WebP')
  expect(sniff(await plain.clone().gif().toBuffer()).format).toBe('GIF')
  expect(sniff(await plain.clone().avif().toBuffer()).format).toBe('AVIF')
})

test('what is not read is named, not decoded', async () => {
  const text = (value: string) => sniff(Buffer.from(value))
  expect(text('<?xml version="1.0"?><svg xmlns="x"/>')).toEqual({ description: 'an SVG drawing' })
  expect(text('\ufeff <svg width="1">')).toEqual({ description: 'an SVG drawing' })
  expect(text('<!doctype html>')).toEqual({ description: 'a web page or XML' })
  expect(text('hello, world\n')).toEqual({ description: 'text' })
  expect(text('%PDF-1.7')).toEqual({ description: 'a PDF document' })
  expect(sniff(new Uint8Array())).toEqual({ description: 'empty' })
  expect(sniff(await plain.clone().tiff().toBuffer())).toEqual({ description: 'a TIFF picture' })
  const heic = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1')
  expect(sniff(heic)).toEqual({ description: 'a HEIC picture' })
  const mp4 = Buffer.from('\0\0\0\x14ftypisom\0\0\0\0mp42', 'latin1')
  expect(sniff(mp4)).toEqual({ description: 'a video (MP4 or MOV)' })
  expect(sniff(Uint8Array.of(0, 1, 2, 3)).format).toBeUndefined()
})
