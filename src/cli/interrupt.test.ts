import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { abortOnInterrupt } from './interrupt.ts'

test('the first Ctrl-C aborts, its echo is ignored, the second one ends the process', () => {
  const source = new EventEmitter()
  const told: string[] = []
  let ms = 1000
  const signal = abortOnInterrupt(source, {
    now: () => ms,
    onFirst: () => told.push('first'),
    onSecond: (name) => told.push(name),
  })
  expect(signal.aborted).toBe(false)
  source.emit('SIGINT')
  expect(signal.aborted).toBe(true)
  source.emit('SIGINT')
  expect(told).toEqual(['first'])
  ms += 600
  source.emit('SIGTERM')
  expect(told).toEqual(['first', 'SIGTERM'])
  expect(source.listenerCount('SIGINT') + source.listenerCount('SIGTERM')).toBe(0)
})
