import { unavailable } from '../../core/index.ts'

const codecs = {
  'H.264': 'avc1.42001f',
  'H.265': 'hvc1.1.6.L93.B0',
  VP8: 'vp8',
  VP9: 'vp09.00.10.08',
  AV1: 'av01.0.04M.08',
} as const

/**
 * Loads the video decoder and asks which codecs it reads.
 *
 * @returns what was found, in a few words
 * @throws Unavailable when it reads none
 */
export async function probeVideos(): Promise<string> {
  const { VideoDecoder } = await import('@napi-rs/webcodecs')
  const readable: string[] = []
  for (const [name, codec] of Object.entries(codecs)) {
    const { supported } = await VideoDecoder.isConfigSupported({
      codec,
      codedWidth: 640,
      codedHeight: 360,
    })
    if (supported) readable.push(name)
  }
  if (readable.length === 0) throw unavailable('webcodecs: loads, but reads no codec')
  return readable.join(', ')
}
