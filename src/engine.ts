// The engine alone, `vitrine/engine`: what builds, differentiates, trains and runs graphs, without data
// readers, encoders and jobs. What runs graphs is flat, the rest keeps the name of its folder.
export * as autodiff from './autodiff/index.ts'
export * from './core/index.ts'
export * as losses from './losses/index.ts'
export * as nn from './nn/index.ts'
export * as onnx from './onnx/index.ts'
export * as optim from './optim/index.ts'
export * from './runtime/index.ts'
export * from './tensor/index.ts'
export * as train from './train/index.ts'
