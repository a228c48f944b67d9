/** The paper's own Table 1, P@5 in percent: the only figures of the page that are copied and not measured. */
const rows = [
  ['zero-shot CLIP', '', '85.92', '22.65', '22.07'],
  ['attributes', 'catalogue', '87', '25.87', '26.56'],
  ['', '+ reviews', '91.89', '26.85', '28.02'],
  ['triplet', 'catalogue', '93.16', '20.60', '21.09'],
  ['', '+ reviews', '91.3', '29.68', '30.66'],
  ['modified DINO', 'catalogue', '89.05', '25.78', '25.29'],
  ['all three', 'catalogue', '93.75', '29.78', '30.56'],
  ['', '+ reviews', '91.08', '34.08', '34.57'],
  ['all three + CLIP', 'catalogue', '93.58', '28.22', '27.53'],
  ['', '+ reviews', '92.41', '33.30', '31.73'],
  ['weighted ensemble', 'catalogue', '96.25', '33.49', '33.76'],
  ['', '+ reviews', '95.20', '37.30', '37.85'],
] as const

/** Its figures for orientation; other data, another task and pretrained encoders. */
export function paperTable(): string {
  return `For orientation, the paper's Table 1 (P@5, Ahemad et al. 2024): 170,000 products of a shop, encoders that start from CLIP. The figures are of
other pictures and can be compared in their order only: catalogue pictures look for their product (catalogue), or customers' photos do
(review).

| encoder | learned from | catalogue | review | review with views |
|---|---|---|---|---|
${rows.map((row) => `| ${row.join(' | ')} |`).join('\n')}
`
}
