import type { DinoRecipe } from '../training/dino-recipe.ts'
import { groceryDino } from './grocery-dino.ts'
import { iconicPhases } from './iconic-phases.ts'

/** {@link groceryDino} from the iconic pictures alone, one a product: how far does it carry over to photos? */
export const groceryDinoIconic: DinoRecipe = {
  ...groceryDino,
  name: 'grocery-dino-iconic',
  cataloguePicturesOnly: true,
  ...iconicPhases,
}
