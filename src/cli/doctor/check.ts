/** One thing that `vitrine doctor` looked at. */
export interface Check {
  readonly name: string
  /** `absent`: not here, and only some work needs it; `broken`: Vitrine does not work without it. */
  readonly status: 'ok' | 'absent' | 'broken'
  readonly detail: string
  /** What to do about it, where it is not ok. */
  readonly remedy?: string
}
