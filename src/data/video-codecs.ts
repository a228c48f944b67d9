import { messageOf, unavailable } from '../core/index.ts'

/** The WebCodecs of this machine; FFmpeg does the work inside it. */
export type VideoCodecs = typeof import('@napi-rs/webcodecs')

/**
 * Loads the video codecs on first use, so that commands that touch no video never pay for them.
 * @throws {AppError} Unavailable where the package has no build for this machine
 */
export async function loadVideoCodecs(): Promise<VideoCodecs> {
  try {
    return await import('@napi-rs/webcodecs')
  } catch (cause) {
    throw unavailable(
      `video: the package @napi-rs/webcodecs does not load here (${messageOf(cause)}); ` +
        'install with optional dependencies on, or use pictures instead of a video',
      { cause },
    )
  }
}
