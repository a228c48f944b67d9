import { input, type Value } from '../../onnx/index.ts'

/** What a batch of products is fed into: `pictures` [B, 3, S, S] and `products` [B] int64. */
export function productInputs(sizes: { readonly batch: number; readonly size: number }): {
  readonly pictures: Value
  readonly products: Value
} {
  const { batch, size } = sizes
  return {
    pictures: input('pictures', [batch, 3, size, size]),
    products: input('products', [batch], 'int64'),
  }
}
