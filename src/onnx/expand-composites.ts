import { rewriteNodes } from './rewrite-nodes.ts'
import type { Node, Value } from './value.ts'

/**
 * The same outputs with every node that stands for others replaced by them. Values that do not
 * depend on such a node stay the same objects.
 * @param isKept which of these nodes stay; default: none
 */
export const expandComposites = (
  outputs: Readonly<Record<string, Value>>,
  isKept: (node: Node) => boolean = () => false,
): Readonly<Record<string, Value>> =>
  rewriteNodes(outputs, (node, inputs) => (isKept(node) ? undefined : node.expansion?.(inputs)))
