import type { AttributeRecipe } from '../training/attribute-recipe.ts'
import { groceryAttributes } from './grocery-attributes.ts'
import { iconicPhases } from './iconic-phases.ts'

/** {@link groceryAttributes} from the iconic pictures alone, one a product: how far does it carry over to photos? */
export const groceryAttributesIconic: AttributeRecipe = {
  ...groceryAttributes,
  name: 'grocery-attributes-iconic',
  cataloguePicturesOnly: true,
  ...iconicPhases,
}
