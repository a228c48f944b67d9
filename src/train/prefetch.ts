import type { NamedTensors } from '../runtime/index.ts'
import type { Phase } from './plan.ts'

/** How many batches are made ready before they are wanted. */
const ahead = 2

/** The batches of an epoch from one on, the next ones made while the graph works on this one. */
export async function* prefetch(
  phase: Phase,
  { epoch, from, to }: { readonly epoch: number; readonly from: number; readonly to: number },
): AsyncGenerator<NamedTensors, undefined> {
  const queue: Promise<NamedTensors>[] = []
  for (let upcoming = from; upcoming < to || queue.length > 0; ) {
    while (queue.length < ahead && upcoming < to) {
      const batch = phase.feeds(epoch, upcoming++)
      // A failure is reported when the batch is taken, not before.
      batch.catch(() => {})
      queue.push(batch)
    }
    yield await queue.shift()!
  }
  return undefined
}
