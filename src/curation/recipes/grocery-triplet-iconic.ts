import type { TripletRecipe } from '../training/triplet-recipe.ts'
import { groceryTriplet } from './grocery-triplet.ts'
import { iconicPhases } from './iconic-phases.ts'

/** {@link groceryTriplet} from the iconic pictures alone, one a product: how far does it carry over to photos? */
export const groceryTripletIconic: TripletRecipe = {
  ...groceryTriplet,
  name: 'grocery-triplet-iconic',
  cataloguePicturesOnly: true,
  ...iconicPhases,
}
