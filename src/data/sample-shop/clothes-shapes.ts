import { between, covered, type Paint, printed, tube } from './paint.ts'

/** A T-shirt laid flat. */
export function tShirt({ accent, shape, label }: Paint): string {
  const [w, sleeve, length] = [
    between(44, 54, shape[0]),
    between(34, 62, shape[1]),
    between(158, 178, shape[2]),
  ]
  const drop = 48 + sleeve * 0.62
  const body =
    `M${100 - 20} 30Q100 46 120 30L${100 + w} 40L${100 + w + sleeve * 0.8} ${drop}L${100 + w + sleeve * 0.8 - 22} ${drop + 16}` +
    `L${100 + w - 4} 76Q${100 + w} 120 ${100 + w - 2} ${length}Q100 ${length + 8} ${100 - w + 2} ${length}` +
    `Q${100 - w} 120 ${100 - w + 4} 76L${100 - w - sleeve * 0.8 + 22} ${drop + 16}L${100 - w - sleeve * 0.8} ${drop}L${100 - w} 40Z`
  return (
    printed(body, 'flat') +
    `<path fill="none" stroke="#000" stroke-opacity=".18" stroke-width="2" d="M${100 - w + 4} 76Q${100 - w + 12} 62 ${100 - w + 3} 44M${100 + w - 4} 76Q${100 + w - 12} 62 ${100 + w - 3} 44M${100 - 22} ${length - 50}Q90 ${length - 30} 84 ${length}M${118} ${length - 62}Q112 ${length - 30} 120 ${length}"/>` +
    tube('M80 30Q100 48 120 30', accent, 6) +
    label(100 - w * 0.56, 72, w * 1.12, 48)
  )
}

/** A trainer, pointing left. */
export function trainer({ accent, accentDark, trim, shape, label, ground }: Paint): string {
  const [high, sole, toe] = [
    between(44, 82, shape[0]),
    between(13, 24, shape[1]),
    between(0, 12, shape[2]),
  ]
  const ankle = 138 - high
  const upper =
    `M14 138Q8 ${112 - toe} 40 ${108 - toe}Q76 ${104 - toe} 104 ${ankle + 8}L112 ${ankle}Q140 ${ankle + 10} 168 ${ankle - 6}` +
    `Q178 ${ankle + 20} 186 138Z`
  const under = `M10 136Q100 142 190 134Q196 ${136 + sole * 0.6} 186 ${138 + sole}H24Q6 ${138 + sole} 10 136Z`
  const laces = [0, 1, 2, 3]
    .map((i) => {
      const [x, y] = [58 + i * 13, 112 - toe - i * 6.5 - (i * i * high) / 70]
      return tube(`M${x} ${y}L${x + 17} ${y + 7}`, trim, 3.6)
    })
    .join('')
  return (
    ground(104, 138 + sole, 98) +
    printed(upper, 'flat') +
    `<path fill="${accent}" stroke="#000" stroke-opacity=".25" d="M12 138Q8 116 32 ${110 - toe}Q48 122 44 138ZM186 138Q184 124 178 108Q160 116 156 138Z"/>` +
    `<path fill="none" stroke="${accentDark}" stroke-width="5" d="M92 138Q118 124 128 ${ankle + 12}M108 138Q134 124 142 ${ankle + 12}"/>` +
    laces +
    tube(`M112 ${ankle + 1}Q140 ${ankle + 11} 168 ${ankle - 5}`, accentDark, 6) +
    covered(under, trim, 'flat') +
    `<path stroke="${accent}" stroke-width="3" d="M16 ${138 + sole * 0.55}H186"/>` +
    label(136, ankle + 20, 32, 26)
  )
}

/** A cloth bag with two handles. */
export function toteBag({ accent, accentDark, shape, label, ground }: Paint): string {
  const [w, h, handle] = [
    between(92, 136, shape[0]),
    between(92, 122, shape[1]),
    between(34, 66, shape[2]),
  ]
  const [x, y] = [100 - w / 2, 188 - h]
  const [r, b] = [x + w, 186]
  const loop = (dx: number, dy: number): string =>
    `M${x + w * 0.24 + dx} ${y + 6}C${x + w * 0.24 + dx} ${y - handle - dy} ${r - w * 0.24 + dx} ${y - handle - dy} ${r - w * 0.24 + dx} ${y + 6}`
  const body = `M${x + 5} ${y}Q100 ${y + 5} ${r - 5} ${y}L${r} ${b - 8}Q${r} ${b} ${r - 10} ${b}H${x + 10}Q${x} ${b} ${x} ${b - 8}Z`
  return (
    ground(100, b, w * 0.6) +
    tube(loop(5, 4), accentDark, 6) +
    printed(body, 'flat') +
    tube(loop(0, -6), accent, 6.5) +
    `<path fill="none" stroke="#000" stroke-opacity=".16" stroke-width="2" d="M${x + 14} ${y + 14}Q${x + 24} ${b - 30} ${x + 14} ${b - 4}M${r - 18} ${y + 20}Q${r - 28} ${b - 40} ${r - 14} ${b - 8}"/>` +
    label(100 - w * 0.32, y + h * 0.28, w * 0.64, h * 0.46)
  )
}

/** A cap, its peak to the right. */
export function cap({ accent, accentDark, shape, label, ground }: Paint): string {
  const [h, w, peak] = [
    between(66, 92, shape[0]),
    between(104, 122, shape[1]),
    between(40, 62, shape[2]),
  ]
  const [x, b] = [24, 138]
  const r = x + w
  const dome = `M${x} ${b}C${x - 4} ${b - h * 1.28} ${r - 4} ${b - h * 1.36} ${r} ${b - 6}Q${x + w / 2} ${b + 14} ${x} ${b}Z`
  const brim = `M${r - 34} ${b - 2}Q${r} ${b - 24} ${r + peak} ${b + 8}Q${r + peak - 2} ${b + 18} ${r + 8} ${b + 12}Q${r - 24} ${b + 12} ${r - 34} ${b - 2}Z`
  const top = b - h * 0.98
  return (
    ground(102, b + 10, 88) +
    printed(dome, 'ball') +
    `<path fill="none" stroke="#000" stroke-opacity=".25" stroke-width="1.5" d="M${x + w / 2} ${top}Q${x + w * 0.2} ${b - h * 0.4} ${x + w * 0.26} ${b + 4}M${x + w / 2} ${top}Q${r - w * 0.16} ${b - h * 0.4} ${r - w * 0.22} ${b + 2}"/>` +
    `<ellipse cx="${x + w / 2}" cy="${top}" rx="7" ry="4" fill="${accentDark}"/>` +
    covered(brim, accent, 'flat') +
    label(x + w * 0.3, b - h * 0.72, w * 0.44, h * 0.52)
  )
}

/** A backpack from the front. */
export function backpack({ accent, accentDark, trim, shape, label, ground }: Paint): string {
  const [w, h, pocket] = [
    between(96, 122, shape[0]),
    between(128, 156, shape[1]),
    between(0.34, 0.5, shape[2]),
  ]
  const [x, y] = [100 - w / 2, 186 - h]
  const [r, b] = [x + w, 186]
  const body = `M${x} ${y + 52}Q${x} ${y} 100 ${y}Q${r} ${y} ${r} ${y + 52}V${b - 18}Q${r} ${b} ${r - 20} ${b}H${x + 20}Q${x} ${b} ${x} ${b - 18}Z`
  const top = b - h * pocket
  const front = `M${x + 14} ${top}H${r - 14}V${b - 22}Q${r - 14} ${b - 8} ${r - 28} ${b - 8}H${x + 28}Q${x + 14} ${b - 8} ${x + 14} ${b - 22}Z`
  return (
    ground(100, b, w * 0.64) +
    tube(
      `M${x + 4} ${y + 60}Q${x - 12} ${b - 70} ${x + 2} ${b - 24}M${r - 4} ${y + 60}Q${r + 12} ${b - 70} ${r - 2} ${b - 24}`,
      accentDark,
      9,
    ) +
    tube(`M88 ${y + 3}Q88 ${y - 16} 100 ${y - 16}T112 ${y + 3}`, accentDark, 6) +
    printed(body, 'ball') +
    `<path fill="none" stroke="${trim}" stroke-width="2.5" stroke-dasharray="4 3" d="M${x + 10} ${y + 58}Q${x + 10} ${y + 14} 100 ${y + 14}T${r - 10} ${y + 58}"/>` +
    covered(front, accent, 'flat') +
    tube(`M${x + 22} ${top + 9}H${r - 22}`, trim, 3) +
    label(x + w * 0.26, top + 16, w * 0.48, Math.max(20, b - top - 34))
  )
}
