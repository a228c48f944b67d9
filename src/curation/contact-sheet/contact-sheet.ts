import { escapeHtml, htmlPage } from '../../core/index.ts'
import type { Thumbnail } from '../../data/index.ts'
import { contactSheetStyle } from './style.ts'

/** A page that shows queries and what was found for them. */
export interface ContactSheet {
  readonly title: string
  /** A sentence under the title. */
  readonly summary?: string
  readonly sections: readonly SheetSection[]
  /** How it was made: name and value. */
  readonly settings: readonly (readonly [string, string])[]
}

/** Queries of one kind. */
export interface SheetSection {
  readonly heading: string
  /** What is shown of how much: `24 of 240 queries`. */
  readonly note?: string
  /** `P@1` and `83.1 %`. */
  readonly figures: readonly (readonly [string, string])[]
  readonly rows: readonly SheetRow[]
}

/** A query and its hits. */
export interface SheetRow {
  readonly query: SheetPicture
  readonly hits: readonly SheetHit[]
  /** Rank of the right product, Infinity when it was not found; left out where the truth is unknown. */
  readonly rightRank?: number
  /** How many hits it was looked for in. */
  readonly depth?: number
  /** Title of the right product. */
  readonly rightTitle?: string
}

/** A picture with its name. */
export interface SheetPicture {
  /** Undefined where the picture cannot be read any more. */
  readonly thumbnail: Thumbnail | undefined
  readonly caption: string
}

/** A hit as it is shown. */
export interface SheetHit extends SheetPicture {
  readonly score: number
  /** Whether it is the right product; undefined where the truth is unknown. */
  readonly right?: boolean
}

/**
 * A contact sheet as one HTML file: it needs no network, no server and no script, and all texts in
 * it are escaped. Right hits are framed green and ticked, a wrong first hit red and crossed.
 */
export function contactSheetHtml({ title, summary, sections, settings }: ContactSheet): string {
  const facts = settings.map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`,
  )
  return htmlPage({
    title,
    style: contactSheetStyle,
    body: `<header>
<h1>${escapeHtml(title)}</h1>
${summary === undefined ? '' : `<p>${escapeHtml(summary)}</p>`}
<dl class="settings">${facts.join('')}</dl>
</header>
${sections.map(sectionHtml).join('\n')}`,
  })
}

function sectionHtml({ heading, note, figures, rows }: SheetSection): string {
  const tiles = figures.map(
    ([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
  )
  return `<section>
<div class="head">
<h2>${escapeHtml(heading)}</h2>
${note === undefined ? '' : `<p>${escapeHtml(note)}</p>`}
${tiles.length === 0 ? '' : `<dl class="figures">${tiles.join('')}</dl>`}
</div>
${rows.map(rowHtml).join('\n')}
</section>`
}

function rowHtml({ query, hits, rightRank, depth, rightTitle }: SheetRow): string {
  const truth =
    rightTitle === undefined ? '' : `<span class="truth">shows ${escapeHtml(rightTitle)}</span>`
  return `<article>
<figure class="query">${pictureHtml(query)}<figcaption>${escapeHtml(query.caption)}${truth}${verdictHtml(rightRank, depth ?? hits.length)}</figcaption></figure>
<ol>
${hits.map((hit, i) => hitHtml(hit, i + 1)).join('\n')}
</ol>
</article>`
}

function verdictHtml(rank: number | undefined, depth: number): string {
  if (rank === undefined) return ''
  if (rank === 1) return '<span class="verdict right">found first</span>'
  if (Number.isFinite(rank)) return `<span class="verdict later">found at rank ${rank}</span>`
  return `<span class="verdict wrong">not among the first ${depth}</span>`
}

function hitHtml(hit: SheetHit, rank: number): string {
  const mark = hit.right === true ? 'right' : hit.right === false && rank === 1 ? 'wrong' : ''
  const sign = mark === 'right' ? '✓' : mark === 'wrong' ? '✗' : ''
  const badge = sign === '' ? '' : `<b class="mark" title="${mark}">${sign}</b>`
  return `<li class="${mark}"><figure>${pictureHtml(hit)}${badge}<figcaption><span class="score">${rank} · ${hit.score.toFixed(3)}</span>${escapeHtml(hit.caption)}</figcaption></figure></li>`
}

function pictureHtml({ thumbnail, caption }: SheetPicture): string {
  if (thumbnail === undefined) return '<div class="frame gone">cannot be read</div>'
  const { source, width, height, box } = thumbnail
  const percent = (share: number): string => `${(share * 100).toFixed(2)}%`
  const outline =
    box === undefined
      ? ''
      : `<i style="left:${percent(box.x)};top:${percent(box.y)};width:${percent(box.width)};height:${percent(box.height)}"></i>`
  return `<div class="frame"><span><img src="${source}" width="${width}" height="${height}" alt="${escapeHtml(caption)}">${outline}</span></div>`
}
