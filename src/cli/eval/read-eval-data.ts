import { notFound } from '../../core/index.ts'
import {
  type FashionSet,
  findFashionSet,
  findGroceryStore,
  type GroceryStore,
  readFashionSet,
  readGroceryStore,
} from '../../data/index.ts'

/**
 * The data set in a folder.
 * @throws NotFound when it holds none of the two
 */
export async function readEvalData(
  folder: string,
): Promise<
  | { readonly kind: 'grocery'; readonly store: GroceryStore }
  | { readonly kind: 'fashion'; readonly fashion: FashionSet }
> {
  if ((await findGroceryStore(folder)) !== undefined)
    return { kind: 'grocery', store: await readGroceryStore(folder) }
  if ((await findFashionSet(folder)) !== undefined)
    return { kind: 'fashion', fashion: await readFashionSet(folder) }
  throw notFound(
    `${folder}: not the Grocery Store data set (classes.csv, train.txt, val.txt, test.txt) nor the Fashion Product Images (styles.csv, images/); give the unpacked download, or see "vitrine data list"`,
  )
}
