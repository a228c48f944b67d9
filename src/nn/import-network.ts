import { invalidInput } from '../core/index.ts'
import { cutAt, type ModelGraph, readModel } from '../onnx/index.ts'
import { ImportedNetwork, type ImportedNetworkOptions } from './imported-network.ts'
import { type InputShapes, measureFor } from './input-shapes.ts'

/** How {@link importNetwork} takes a model. */
export interface ImportOptions extends ImportedNetworkOptions {
  /** Sizes to build for; an input whose axes are all fixed in the file may be left out. */
  readonly inputs: InputShapes
  /** Which value is taken: an output or, to leave out a head, any inner one; default: the only output. */
  readonly output?: string
}

/**
 * Reads an ONNX model as a network to be fine-tuned.
 *
 * @param model path of an .onnx file, its bytes, or what `readModel` read
 * @throws InvalidInput when an input's size is missing, or a name fits nothing; UnsupportedOp when
 *   the model has something that Vitrine lacks
 */
export async function importNetwork(
  model: string | Uint8Array | ModelGraph,
  options: ImportOptions,
): Promise<ImportedNetwork> {
  const whole =
    typeof model === 'string' || model instanceof Uint8Array ? await readModel(model) : model
  const graph = cutAt(whole, options.output ?? onlyOutput(whole))
  return new ImportedNetwork(graph, await measureFor(graph, options.inputs), options)
}

function onlyOutput({ outputs }: ModelGraph): string {
  const [only, ...others] = outputs
  if (only !== undefined && others.length === 0) return only.name
  const names = outputs.map(({ name }) => `"${name}"`).join(', ')
  throw invalidInput(`importNetwork: the model has the outputs ${names}; name one as \`output\``)
}
