import * as ort from 'onnxruntime-node'
import { messageOf } from '../core/index.ts'
import type { DType, Tensor } from '../tensor/index.ts'
import { type Device, executionProviders } from './device.ts'
import { explainOpening } from './explain-opening.ts'
import { assertOutputs, explainRun } from './explain-run.ts'

/** How a {@link Session} is made; every field has a measured default. */
export interface SessionOptions {
  readonly device?: Device
  /** Threads inside one operator; default: as many as the machine has cores. */
  readonly threads?: number
  /**
   * Whether threads without work keep their cores for a while; default true. It shortens single runs by a tenth to a
   * third; where other work shares the cores, as decoding does, it takes as much from that.
   */
  readonly spinning?: boolean
  /** Level of onnxruntime's graph rewriting. */
  readonly optimization?: 'disabled' | 'basic' | 'extended' | 'all'
  /** Keep constant weights as they are in the file instead of a rearranged copy. */
  readonly prepack?: boolean
  /** Where the external data of a model given as bytes lies; it is memory-mapped. */
  readonly dataFolder?: string
  /** What messages call a model given as bytes; default `model`. */
  readonly name?: string
  /** Write onnxruntime's profile to a file that begins with this prefix. */
  readonly profilePrefix?: string
  /**
   * Name of the model's first output where that is a sequence (`writeModel`). onnxruntime-node copies
   * every output into new memory after a run, also those that were written into given tensors; at a sequence,
   * which JavaScript cannot have, it gives up before the first copy.
   */
  readonly sentinel?: string
}

/** Tensors by the name of a graph's input or output. */
export type NamedTensors = Readonly<Record<string, Tensor>>

/** A compiled ONNX graph, a resource to be closed. */
export interface Session {
  readonly inputNames: readonly string[]
  readonly outputNames: readonly string[]
  /** Shapes of the inputs that are tensors; a free axis by its name, or '' where it has none. */
  readonly inputShapes: Readonly<Record<string, readonly (number | string)[]>>
  /**
   * Runs the graph.
   *
   * @param feeds a tensor for every input
   * @param fetches which outputs to compute: names, or tensors that onnxruntime writes into in
   *   place (without a sentinel onnxruntime-node makes and drops a copy of each); default: all outputs
   * @throws InvalidInput when a name, dtype or shape is not what the graph takes
   */
  run(feeds: NamedTensors, fetches?: readonly string[] | NamedTensors): Promise<NamedTensors>
  /** Stops the profile, if one was asked for, and writes it. */
  endProfiling(): void
  close(): Promise<void>
}

/**
 * Compiles a model.
 *
 * @param model path of an .onnx file (external data is then memory-mapped) or its bytes
 * @throws Unavailable when the device is absent; UnsupportedOp when a node has no kernel;
 *   NotFound when there is no file; InvalidInput when it is not a model
 */
export async function openSession(
  model: string | Uint8Array,
  options: SessionOptions = {},
): Promise<Session> {
  const {
    device = 'cpu',
    threads,
    spinning = true,
    optimization = 'all',
    prepack = true,
    dataFolder,
    profilePrefix,
    name = 'model',
    sentinel,
  } = options
  const settings: ort.InferenceSession.SessionOptions = {
    executionProviders: executionProviders(device),
    graphOptimizationLevel: optimization,
    // whatever goes wrong is thrown too; nothing is to be printed besides
    logSeverityLevel: 4,
    // a pattern of one run's memory is a second block beside the arena: half as much again at the peak
    enableMemPattern: false,
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    extra: {
      session: {
        // threads take ever smaller shares of an operator's work, so that none waits long for another
        dynamic_block_base: '4',
        ...(spinning ? {} : { intra_op: { allow_spinning: '0' } }),
        ...(prepack ? {} : { disable_prepacking: '1' }),
        ...(dataFolder === undefined
          ? {}
          : { model_external_initializers_file_folder_path: dataFolder }),
      },
    },
    ...(profilePrefix === undefined
      ? {}
      : { enableProfiling: true, profileFilePrefix: profilePrefix }),
  }
  const place = typeof model === 'string' ? model : name
  const session = await (typeof model === 'string'
    ? ort.InferenceSession.create(model, settings)
    : ort.InferenceSession.create(model, settings)
  ).catch((error: unknown) => {
    throw explainOpening({ place, device, error })
  })
  return wrap(session, place, sentinel)
}

/** What onnxruntime-node says of a sequence, after the run was done and every given tensor written. */
const sequenceRefused = /Non tensor type is temporarily not supported/

function wrap(session: ort.InferenceSession, place: string, sentinel: string | undefined): Session {
  const outputNames = session.outputNames.filter((name) => name !== sentinel)
  const outputs = new Set(outputNames)
  const toOrt = keptRecords()
  return {
    inputNames: session.inputNames,
    outputNames,
    inputShapes: Object.fromEntries(
      session.inputMetadata.flatMap((input) => (input.isTensor ? [[input.name, input.shape]] : [])),
    ),
    async run(feeds, fetches = outputNames) {
      assertOutputs(place, outputs, fetches)
      try {
        const given = toOrt(feeds) as ort.InferenceSession.FeedsType
        if (isNames(fetches)) return fromOrt(await session.run(given, fetches))
        const wanted = toOrt(fetches)
        if (sentinel !== undefined) wanted[sentinel] = null
        await session.run(given, wanted)
        return fetches
      } catch (error) {
        if (sentinel !== undefined && sequenceRefused.test(messageOf(error)) && !isNames(fetches))
          return fetches
        throw explainRun({ place, session, feeds, fetches, error })
      }
    },
    endProfiling: () => session.endProfiling(),
    close: () => session.release(),
  }
}

/**
 * Records of our tensors as records of onnxruntime's. There is one for each of ours, and one tensor for
 * each of ours, so that what is run again costs no memory.
 */
function keptRecords() {
  const records = new WeakMap<NamedTensors, Record<string, ort.Tensor | null>>()
  const tensors = new WeakMap<Tensor, ort.Tensor>()
  return (named: NamedTensors): Record<string, ort.Tensor | null> => {
    let record = records.get(named)
    if (record === undefined) {
      record = {}
      records.set(named, record)
    }
    for (const name in named) {
      const value = named[name]!
      let known = tensors.get(value)
      if (known === undefined) {
        known = new ort.Tensor(value.dtype as 'float32', value.data as Float32Array, value.shape)
        tensors.set(value, known)
      }
      record[name] = known
    }
    return record
  }
}

function isNames(fetches: readonly string[] | NamedTensors): fetches is readonly string[] {
  return Array.isArray(fetches)
}

function fromOrt(results: ort.InferenceSession.OnnxValueMapType): NamedTensors {
  const named: Record<string, Tensor> = {}
  for (const [name, value] of Object.entries(results))
    named[name] = {
      dtype: value.type as DType,
      shape: value.dims,
      data: value.data as Tensor['data'],
    }
  return named
}
