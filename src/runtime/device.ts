import type { InferenceSession } from 'onnxruntime-node'

/** Where a graph runs: an execution provider of onnxruntime. */
export type Device = 'cpu' | 'webgpu' | 'cuda' | 'coreml' | 'dml'

/** The names a user may give to `--device`. */
export const devices: readonly Device[] = ['cpu', 'webgpu', 'cuda', 'coreml', 'dml']

/** The execution providers of a device: that one alone, never a silent fallback. */
export function executionProviders(device: Device): InferenceSession.ExecutionProviderConfig[] {
  return [device]
}
