import { between, covered, type Paint, printed, tube } from './paint.ts'

/** A mug with its handle to the right. */
export function mug({ mainDark, trim, shape, label, ground }: Paint): string {
  const [w, h, taper] = [
    between(84, 116, shape[0]),
    between(84, 116, shape[1]),
    between(0, 16, shape[2]),
  ]
  const [x, y] = [92 - w / 2, 104 - h / 2]
  const [r, b] = [x + w, y + h]
  const handle = tube(
    `M${r - 4} ${y + h * 0.2}C${r + 42} ${y + h * 0.1} ${r + 38} ${y + h * 0.86} ${r - taper} ${y + h * 0.76}`,
    mainDark,
    11,
  )
  const body = `M${x} ${y}L${x + taper} ${b - 8}Q${x + taper + 2} ${b + 4} ${92} ${b + 5}Q${r - taper - 2} ${b + 4} ${r - taper} ${b - 8}L${r} ${y}Z`
  return (
    ground(98, b + 3, w * 0.66) +
    handle +
    printed(body, 'round') +
    `<ellipse cx="92" cy="${y}" rx="${w / 2}" ry="9" fill="${trim}" stroke="#000" stroke-opacity=".3"/>` +
    `<ellipse cx="92" cy="${y + 1.5}" rx="${w / 2 - 5}" ry="6.4" fill="#000" fill-opacity=".45"/>` +
    label(92 - w * 0.27, y + h * 0.3, w * 0.54, h * 0.42)
  )
}

/** A bottle, between a slim one and a flask. */
export function bottle({ accent, shape, label, ground }: Paint): string {
  const [w, h, neck] = [
    between(48, 78, shape[0]),
    between(150, 178, shape[1]),
    between(0.22, 0.4, shape[2]),
  ]
  const [x, y] = [100 - w / 2, 102 - h / 2]
  const [r, b] = [x + w, y + h]
  const n = between(9, 15, shape[0])
  const shoulder = y + h * neck
  const body =
    `M${100 - n} ${y + 12}V${shoulder - 26}C${100 - n} ${shoulder - 6} ${x} ${shoulder - 6} ${x} ${shoulder + 18}` +
    `V${b - 8}Q${x} ${b} ${x + 10} ${b}H${r - 10}Q${r} ${b} ${r} ${b - 8}V${shoulder + 18}` +
    `C${r} ${shoulder - 6} ${100 + n} ${shoulder - 6} ${100 + n} ${shoulder - 26}V${y + 12}Z`
  const cap = `M${100 - n - 3} ${y - 4}H${100 + n + 3}V${y + 14}H${100 - n - 3}Z`
  return (
    ground(100, b, w * 0.72) +
    printed(body, 'round') +
    covered(cap, accent, 'round') +
    label(100 - w * 0.4, shoulder + h * 0.14, w * 0.8, h * 0.26)
  )
}

/** A tin with rims of metal. */
export function tin({ shape, label, ground }: Paint): string {
  const [w, h] = [between(78, 128, shape[0]), between(76, 140, shape[1])]
  const [x, y] = [100 - w / 2, 102 - h / 2]
  const [r, b] = [x + w, y + h]
  const side = (top: number, bottom: number): string =>
    `M${x} ${top}V${bottom}Q100 ${bottom + 18} ${r} ${bottom}V${top}Q100 ${top + 18} ${x} ${top}Z`
  return (
    ground(100, b + 5, w * 0.66) +
    covered(side(y, b), '#c9cdd2', 'round') +
    printed(side(y + 8, b - 8), 'round') +
    `<ellipse cx="100" cy="${y}" rx="${w / 2}" ry="9.5" fill="#dfe3e7" stroke="#000" stroke-opacity=".4"/>` +
    `<ellipse cx="100" cy="${y + 1}" rx="${w / 2 - 6}" ry="6.5" fill="#aab0b6" stroke="#fff" stroke-opacity=".7"/>` +
    label(100 - w * 0.32, y + h * 0.32, w * 0.64, h * 0.44)
  )
}

/** A jar with a screw lid. */
export function jar({ accent, shape, label, ground }: Paint): string {
  const [w, h, lid] = [
    between(84, 122, shape[0]),
    between(92, 132, shape[1]),
    between(0.62, 0.94, shape[2]),
  ]
  const [x, y] = [100 - w / 2, 110 - h / 2]
  const [r, b] = [x + w, y + h]
  const l = (w * lid) / 2
  const body =
    `M${100 - l + 4} ${y}C${x} ${y + 4} ${x} ${y + 12} ${x} ${y + 26}V${b - 14}Q${x} ${b} ${x + 16} ${b}` +
    `H${r - 16}Q${r} ${b} ${r} ${b - 14}V${y + 26}C${r} ${y + 12} ${r} ${y + 4} ${100 + l - 4} ${y}Z`
  const top = `M${100 - l} ${y - 22}Q100 ${y - 27} ${100 + l} ${y - 22}V${y - 1}Q100 ${y + 5} ${100 - l} ${y - 1}Z`
  return (
    ground(100, b, w * 0.64) +
    printed(body, 'round') +
    covered(top, accent, 'round') +
    `<path stroke="#000" stroke-opacity=".22" d="M${100 - l} ${y - 15}H${100 + l}M${100 - l} ${y - 9}H${100 + l}"/>` +
    label(100 - w * 0.36, y + h * 0.32, w * 0.72, h * 0.44)
  )
}

/** A box of cereal, seen a little from the side. */
export function cerealBox({ mainDark, trim, accent, shape, label, ground }: Paint): string {
  const [w, h, deep] = [
    between(88, 112, shape[0]),
    between(128, 160, shape[1]),
    between(16, 30, shape[2]),
  ]
  const [x, y] = [100 - (w + deep) / 2, 106 - h / 2]
  const [r, b] = [x + w, y + h]
  const rise = deep * 0.45
  const front = `M${x} ${y}H${r}V${b}H${x}Z`
  const side = `M${r} ${y}L${r + deep} ${y - rise}V${b - rise}L${r} ${b}Z`
  const top = `M${x} ${y}L${x + deep} ${y - rise}H${r + deep}L${r} ${y}Z`
  const middle = x + w / 2
  return (
    ground(106, b - rise / 2, w * 0.72) +
    covered(top, trim, 'flat') +
    covered(side, mainDark, 'flat') +
    printed(front, 'flat') +
    `<path fill="${accent}" fill-opacity=".9" d="M${x} ${b - h * 0.14}H${r}V${b}H${x}Z"/>` +
    `<ellipse cx="${middle}" cy="${b - h * 0.17}" rx="${w * 0.3}" ry="${h * 0.09}" fill="${trim}" stroke="#000" stroke-opacity=".3"/>` +
    label(x + w * 0.08, y + h * 0.08, w * 0.84, h * 0.4)
  )
}
