/** What kind of failure an {@link AppError} reports; one table maps each to an exit code. */
export type ErrorCode =
  | 'InvalidInput'
  | 'NotFound'
  | 'Conflict'
  | 'Permission'
  | 'Shape'
  | 'UnsupportedOp'
  | 'Numeric'
  | 'Unavailable'
  | 'Cancelled'

/** Optional parts of an {@link AppError}. */
export interface ErrorContext {
  readonly details?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
}

/**
 * The one error type that Vitrine throws on purpose.
 *
 * The message says the place, what it got, what it wanted and the remedy:
 * `triplet: margin is -0.2, it must be positive; 0.2 is usual`.
 */
export class AppError extends Error {
  override readonly name = 'AppError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, { details = {}, cause }: ErrorContext = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
}

/** A file, option or argument from outside is not usable as it is. */
export const invalidInput = (message: string, context?: ErrorContext): AppError =>
  new AppError('InvalidInput', message, context)

/** What was named does not exist. */
export const notFound = (message: string, context?: ErrorContext): AppError =>
  new AppError('NotFound', message, context)

/** The request contradicts what is stored. */
export const conflict = (message: string, context?: ErrorContext): AppError =>
  new AppError('Conflict', message, context)

/** What was asked for exists, but may not be had. */
export const permission = (message: string, context?: ErrorContext): AppError =>
  new AppError('Permission', message, context)

/** Shapes of Values or arrays disagree. */
export const shapeError = (message: string, context?: ErrorContext): AppError =>
  new AppError('Shape', message, context)

/** An ONNX operator has no rule or no kernel here. */
export const unsupportedOp = (message: string, context?: ErrorContext): AppError =>
  new AppError('UnsupportedOp', message, context)

/** A computation produced NaN or infinity. */
export const numericError = (message: string, context?: ErrorContext): AppError =>
  new AppError('Numeric', message, context)

/** Something outside that is needed (a device, a package, a data set) is not there. */
export const unavailable = (message: string, context?: ErrorContext): AppError =>
  new AppError('Unavailable', message, context)

/** The caller asked to stop. */
export const cancelled = (message: string, context?: ErrorContext): AppError =>
  new AppError('Cancelled', message, context)

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
