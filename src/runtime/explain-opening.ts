import {
  type AppError,
  invalidInput,
  messageOf,
  notFound,
  unavailable,
  unsupportedOp,
} from '../core/index.ts'
import type { Device } from './device.ts'
import { saidBy } from './said-by.ts'

/** A model that could not be compiled. */
export interface FailedOpening {
  /** Names the model in messages. */
  readonly place: string
  readonly device: Device
  readonly error: unknown
}

/** What onnxruntime may complain of, the first that fits; what it says is put in between. */
const complaints: readonly {
  readonly of: RegExp
  readonly make: typeof invalidInput
  readonly words: (said: string, device: Device) => string
}[] = [
  {
    of: /NOT_IMPLEMENTED|Could not find an implementation|not a registered|No Op registered|Failed to find kernel/i,
    make: unsupportedOp,
    words: (said) =>
      `has an operator that onnxruntime lacks here (${said}); export it for a newer or older operator set`,
  },
  {
    of: /execution provider|ExecutionProvider|WebGPU adapter|backend not found|no available backend/i,
    make: unavailable,
    words: (said, device) => `device "${device}" is not usable here (${said}); use --device cpu`,
  },
  {
    of: /File doesn't exist/i,
    make: notFound,
    words: () => 'there is no such file; give the path of an .onnx file',
  },
  {
    of: /External data path does not exist/i,
    make: notFound,
    words: (said) => `a file with its weights is not there (${said}); copy it beside the model`,
  },
  {
    of: /onnx opset versions|Unsupported model IR version/i,
    make: unsupportedOp,
    words: (said) => {
      const [, own, newest] = /(Opset \d+) .*(till opset \d+)/.exec(said) ?? []
      const versions = own === undefined ? said : `${own}, it knows them ${newest}`
      return `is newer than onnxruntime here (${versions}); export it for an older operator set`
    },
  },
]

/** Why a model cannot be compiled. */
export function explainOpening({ place, device, error }: FailedOpening): AppError {
  const [text, said] = [messageOf(error), saidBy(error)]
  const { make = invalidInput, words } = complaints.find(({ of }) => of.test(text)) ?? {}
  const reason =
    words?.(said, device) ?? `not a usable ONNX model (${said}); copy or export it again`
  return make(`${place}: ${reason}`, { cause: error })
}
