import { Writable } from 'node:stream'
import { expect, test } from 'vitest'
import { progressDisplay } from './progress-display.ts'
import { formatDuration, formatRate, paceMeter } from './progress-rate.ts'

function listener(isTTY: boolean) {
  let text = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      text += chunk
      done()
    },
  })
  const terminal = { isTTY, columns: 100, cursorTo: () => {}, clearLine: () => {} }
  return { stream: Object.assign(stream, terminal), text: () => text }
}

function clock() {
  let ms = 0
  return { now: () => ms, pass: (seconds: number) => (ms += seconds * 1000) }
}

test('the pace is that of the last seconds, not of a slow start', () => {
  const { now, pass } = clock()
  const measure = paceMeter(now)
  const event = (done: number) => ({ task: 'Indexing', done, total: 1000, unit: 'pictures' })
  expect(measure(event(0))).toEqual({ perSecond: undefined, secondsLeft: undefined })
  pass(100)
  expect(measure(event(10)).perSecond).toBeCloseTo(0.1)
  for (let done = 20; done <= 300; done += 10) {
    pass(1)
    measure(event(done))
  }
  pass(1)
  const { perSecond, secondsLeft } = measure(event(310))
  expect(perSecond).toBeCloseTo(10)
  expect(secondsLeft).toBeCloseTo(69)
})

test.each([
  [540.4, '540/s'],
  [2.5, '2.5/s'],
  [0.25, '4.0 s each'],
])('a rate of %d is said as %s', (rate, words) => {
  expect(formatRate(rate)).toBe(words)
})

test.each([
  [44.2, '45 s'],
  [59.5, '1 min 0 s'],
  [200, '3 min 20 s'],
  [7500, '2 h 5 min'],
])('%d seconds are said as %s', (seconds, words) => {
  expect(formatDuration(seconds)).toBe(words)
})

test('without a terminal a plain line comes now and then and at the end', () => {
  const { now, pass } = clock()
  const { stream, text } = listener(false)
  const { progress, log } = progressDisplay({ stream, now, plainLines: true })
  for (let done = 0; done <= 30; done++) {
    progress({ task: 'Indexing', done, total: 30, unit: 'pictures', note: 'a\u001b[2J' })
    if (done === 15) log('skipped b.jpg')
    pass(1)
  }
  expect(text().split('\n')).toEqual([
    'Indexing 10 of 30 pictures, 1.0/s, 20 s left, a\\x1b[2J',
    'skipped b.jpg',
    'Indexing 20 of 30 pictures, 1.0/s, 10 s left, a\\x1b[2J',
    'Indexing 30 of 30 pictures, 1.0/s, a\\x1b[2J',
    '',
  ])
})

test('with --json and no terminal, remarks alone are written', () => {
  const { stream, text } = listener(false)
  const { progress, log } = progressDisplay({ stream, now: () => 0, plainLines: false })
  progress({ task: 'Indexing', done: 30, total: 30, unit: 'pictures' })
  log('skipped b.jpg')
  expect(text()).toBe('skipped b.jpg\n')
})

test('on a terminal a bar shows how far the work is, and the cursor comes back', () => {
  const { stream, text } = listener(true)
  const { progress, log, stop } = progressDisplay({ stream, now: () => 0, plainLines: true })
  progress({ task: 'Indexing', done: 0, total: 4, unit: 'pictures' })
  log('skipped b.jpg')
  progress({ task: 'Indexing', done: 4, total: 4, unit: 'pictures' })
  progress({ task: 'Indexing', done: 4, total: 4, unit: 'pictures' })
  progress({ task: 'Reading', done: 7, unit: 'files' })
  stop()
  expect(text()).toContain(`Indexing ${'░'.repeat(24)} 0 of 4 pictures`)
  expect(text().match(/Indexing █{24} 4 of 4 pictures/g)).toHaveLength(1)
  expect(text()).toContain('Reading 7 files')
  const [hide, show] = ['\u001b[?25l', '\u001b[?25h']
  expect(text().split(show).length).toBe(text().split(hide).length)
})
