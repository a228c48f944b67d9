/**
 * The wait that a `Retry-After` header asks for: seconds, or a date.
 * @param now in milliseconds
 * @returns milliseconds; 0 where there is no header or it says nothing
 * @see RFC 9110, section 10.2.3
 */
export function retryAfterMs(header: string | undefined, now: number): number {
  if (header === undefined) return 0
  const text = header.trim()
  if (/^\d+$/.test(text)) return Number(text) * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? 0 : Math.max(0, date - now)
}
