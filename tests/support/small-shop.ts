import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import sharp from 'sharp'

/** Colours that even an untrained encoder tells apart. */
export const shopColours = {
  red: '#d01818',
  green: '#18b018',
  blue: '#1828d0',
  yellow: '#e8d818',
  black: '#101010',
} as const

/** A product of {@link writeSmallShop}. */
export type ShopColour = keyof typeof shopColours

/** A picture in one colour with a mark of its own, as the bytes of a PNG file. */
export async function colourPicture(colour: ShopColour, mark = 0, side = 48): Promise<Buffer> {
  const square = Math.max(2, Math.floor(side / 6))
  return sharp({
    create: { width: side, height: side, channels: 3, background: shopColours[colour] },
  })
    .composite([
      {
        input: { create: { width: square, height: square, channels: 3, background: '#808080' } },
        left: (mark * square) % (side - square),
        top: square,
      },
    ])
    .png()
    .toBuffer()
}

/** Writes `shop/<colour>/<n>.png`, some pictures a product; returns the shop's folder. */
export async function writeSmallShop(
  folder: string,
  { picturesPerProduct = 2 }: { readonly picturesPerProduct?: number } = {},
): Promise<string> {
  const shop = join(folder, 'shop')
  for (const colour of Object.keys(shopColours) as ShopColour[])
    for (let mark = 0; mark < picturesPerProduct; mark++) {
      const path = join(shop, colour, `${mark}.png`)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, await colourPicture(colour, mark))
    }
  return shop
}
