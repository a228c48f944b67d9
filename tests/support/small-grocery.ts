import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { colourPicture, type ShopColour, shopColours } from './small-shop.ts'

const header =
  'Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),Iconic Image Path (str),Product Description Path (str)'

/** Writes a Grocery Store data set whose classes are colours, with photos in every split. */
export async function writeSmallGrocery(folder: string): Promise<string> {
  const root = join(folder, 'grocery')
  const colours = Object.keys(shopColours) as ShopColour[]
  const write = async (name: string, content: string | Buffer): Promise<void> => {
    const path = join(root, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  const classes = colours.map((c, id) => `${c},${id},Paint,0,/iconic/${c}.png,/iconic/${c}.txt`)
  await write('classes.csv', `${[header, ...classes].join('\n')}\n`)
  for (const colour of colours) {
    await write(`iconic/${colour}.png`, await colourPicture(colour))
    await write(`iconic/${colour}.txt`, `All ${colour}.`)
  }
  for (const [s, split] of ['train', 'val', 'test'].entries()) {
    const photos = colours.map((colour, id) => [`${split}/${colour}.png`, id, 0] as const)
    for (const [i, [path]] of photos.entries())
      await write(path, await colourPicture(colours[i]!, s + 1))
    await write(`${split}.txt`, `${photos.map((photo) => photo.join(', ')).join('\n')}\n`)
  }
  return root
}
