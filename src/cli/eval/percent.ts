/** A share from 0 to 1 in percent. */
export const percent = (share: number): string => (share * 100).toFixed(2)
