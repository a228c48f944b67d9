// Runs one probe in a process of its own and sends its finding to the parent: a native library
// that crashes then takes nothing with it. Started by ask-probe.ts.
import { messageOf } from '../../core/index.ts'
import type { Device } from '../../runtime/index.ts'
import type { ProbeName } from './ask-probe.ts'

async function probe(name: ProbeName): Promise<string> {
  if (name === 'pictures') return (await import('./probe-pictures.ts')).probePictures()
  if (name === 'videos') return (await import('./probe-videos.ts')).probeVideos()
  const device = name.slice('device:'.length) as Device
  return (await import('./probe-device.ts')).probeDevice(device)
}

try {
  process.send?.({ works: true, detail: await probe(process.argv[2] as ProbeName) })
} catch (error) {
  process.send?.({ works: false, detail: messageOf(error).split('\n', 1)[0] })
}
process.disconnect()
