/** A decoded picture: 8-bit sRGB, interleaved RGBRGB..., rows from the top. */
export interface Picture {
  readonly width: number
  readonly height: number
  /** [height, width, 3] */
  readonly data: Uint8Array
}
