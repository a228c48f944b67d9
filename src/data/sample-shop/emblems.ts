/** Small signs on a field from -1 to 1, each one path: what a made-up brand prints on its goods. */
export const emblems = {
  star: polygon(10, (i) => (i % 2 === 0 ? 1 : 0.42)),
  sun: polygon(24, (i) => (i % 2 === 0 ? 1 : 0.7)),
  hexagon: polygon(6, () => 1),
  drop: 'M0 -1C.9 -.1 .8 1 0 1S-.9 -.1 0 -1Z',
  heart: 'M0 .95C-1.6 -.3 -.8 -1.3 0 -.5C.8 -1.3 1.6 -.3 0 .95Z',
  leaf: 'M-.9 .9C-1.1 -.6 .1 -1 1 -.9C1.1 .3 .5 1.1 -.6 .7L-.8 .95Z',
  bolt: 'M.3 -1L-.7 .2H-.05L-.3 1L.7 -.25H.05Z',
  moon: 'M.35 -.95A1 1 0 1 0 .95 .4A.8 .8 0 0 1 .35 -.95Z',
  mountain: 'M-1 .8L-.3 -.6L.05 .05L.35 -.4L1 .8Z',
  fish: 'M-1 -.5L-.5 0L-1 .5C-.9 .6 -.6 .4 -.4 .25C.2 .8 .8 .5 1 0C.8 -.5 .2 -.8 -.4 -.25C-.6 -.4 -.9 -.6 -1 -.5Z',
  anchor:
    'M-.12 -.55A.3 .3 0 1 1 .12 -.55V.65Q.6 .55 .7 .1H1Q.8 .95 0 1Q-.8 .95 -1 .1H-.7Q-.6 .55 -.12 .65Z',
  crown: 'M-1 .7V-.5L-.45 .05L0 -.8L.45 .05L1 -.5V.7Z',
} as const

/** Name of an emblem. */
export type EmblemName = keyof typeof emblems

/** SVG of an emblem of this radius about a point. */
export function emblemSvg(
  name: EmblemName,
  { x, y, radius, colour }: { x: number; y: number; radius: number; colour: string },
): string {
  return `<path transform="translate(${x} ${y}) scale(${radius})" fill="${colour}" d="${emblems[name]}"/>`
}

function polygon(points: number, radius: (index: number) => number): string {
  const corners = Array.from({ length: points }, (_, i) => {
    const angle = (i / points) * 2 * Math.PI - Math.PI / 2
    const [x, y] = [Math.cos(angle), Math.sin(angle)].map((v) => (v * radius(i)).toFixed(3))
    return `${x} ${y}`
  })
  return `M${corners.join('L')}Z`
}
