import { reachable, substitute, type Value } from '../onnx/index.ts'
import type { ParameterAverage } from './average.ts'

/**
 * The same computation with the average of every parameter in its place: what a teacher that follows
 * the network says, as part of the graph that trains the network. No gradient passes to the network.
 *
 * Running statistics have averages too, which no optimizer moves; whoever builds the graph says what
 * becomes of them.
 * @see Tarvainen and Valpola 2017
 */
export function withAverages(average: ParameterAverage, values: readonly Value[]): Value[] {
  const { leaves } = reachable(values)
  const parameters = leaves.flatMap((leaf) => (leaf.kind === 'parameter' ? [leaf] : []))
  return substitute(values, new Map(parameters.map((own) => [own, average.of(own)])))
}
