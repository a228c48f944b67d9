import type { ErrorCode } from '../core/index.ts'

/** The one table of what the process of `vitrine` exits with. */
export const exitCodes = {
  ok: 0,
  /** A bug of ours: anything thrown that is not an AppError. */
  unexpected: 1,
  InvalidInput: 2,
  NotFound: 3,
  Conflict: 4,
  Unavailable: 5,
  Numeric: 6,
  Permission: 7,
  Shape: 8,
  UnsupportedOp: 9,
  /** Done, but some inputs were reported and skipped. */
  someSkipped: 10,
  /** Stopped by Ctrl-C, the shell's usual number. */
  Cancelled: 130,
} as const satisfies Record<ErrorCode | 'ok' | 'unexpected' | 'someSkipped', number>
