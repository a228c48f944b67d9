import { type Parameter, parameter, type Value } from '../../onnx/index.ts'
import { zeros } from '../../tensor/index.ts'
import { fromPlain, type Layout, shapeIn, toPlain } from './layout.ts'

/** The Values of a graph in the layouts in which they exist so far; others are made when wanted. */
export class Places {
  readonly block: number
  readonly #layoutOf: (value: Value) => Layout
  readonly #stored: ReadonlySet<Value>
  readonly #forms = new Map<Value, Partial<Record<Layout, Value>>>()

  /**
   * @param layoutOf the layout in which a Value is computed
   * @param states parameters that are fed, so that they can be kept in any layout
   */
  constructor(block: number, layoutOf: (value: Value) => Layout, states: ReadonlySet<Value>) {
    this.block = block
    this.#layoutOf = layoutOf
    this.#stored = states
  }

  layoutOf(value: Value): Layout {
    return this.#layoutOf(value)
  }

  /** Whether a Value exists already. */
  has(value: Value): boolean {
    return this.#forms.has(value)
  }

  /** Says what a Value is in a layout. */
  set(value: Value, layout: Layout, form: Value): void {
    this.#forms.set(value, { ...this.#forms.get(value), [layout]: form })
  }

  /** A Value in a layout. */
  in(layout: Layout, value: Value): Value {
    const forms = this.#forms.get(value) ?? this.#leaf(value)
    const known = forms[layout]
    if (known !== undefined) return known
    const plain = this.#plain(value, forms)
    const form = fromPlain(plain, layout, this.block)
    this.set(value, 'plain', plain)
    this.set(value, layout, form)
    return form
  }

  /** A state as it is kept. */
  state(value: Parameter): Parameter {
    return this.in(this.#kept(value), value) as Parameter
  }

  #kept(value: Value): Layout {
    const isMoved = this.#stored.has(value) && value.dtype === 'float32'
    return isMoved && this.#layoutOf(value) === 'weights' ? 'weights' : 'plain'
  }

  #plain(value: Value, forms: Partial<Record<Layout, Value>>): Value {
    if (forms.plain !== undefined) return forms.plain
    const layout = forms.channels === undefined ? 'weights' : 'channels'
    return toPlain(forms[layout]!, layout, value.shape)
  }

  #leaf(value: Value): Partial<Record<Layout, Value>> {
    const kept = this.#kept(value)
    const form =
      value.kind === 'parameter' && kept !== 'plain'
        ? parameter(zeros(shapeIn(kept, value.shape, this.block)), value.role)
        : value
    this.set(value, kept, form)
    return { [kept]: form }
  }
}
