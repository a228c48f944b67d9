import { type Device, devices } from '../../runtime/index.ts'
import { askProbe, type Finding } from './ask-probe.ts'
import type { Check } from './check.ts'

const reinstall = 'run npm ci (or npm install vitrine) again on this machine'

/** Devices that an operating system can have at all. */
export function devicesOf(platform: NodeJS.Platform): Device[] {
  const elsewhere: Partial<Record<Device, NodeJS.Platform>> = { coreml: 'darwin', dml: 'win32' }
  return devices.filter((device) => (elsewhere[device] ?? platform) === platform)
}

/** Tries every native library: onnxruntime on each device, the picture and the video decoder. */
export async function nativeChecks(signal: AbortSignal): Promise<Check[]> {
  const tasks = [
    ...devicesOf(process.platform).map((device) => async (): Promise<Check> => {
      const finding = await askProbe(`device:${device}`, { signal })
      const name = device === 'cpu' ? 'onnxruntime on cpu' : `Device ${device}`
      return judge(name, finding, device === 'cpu' ? 'needed' : 'optional')
    }),
    async () => judge('Pictures', await askProbe('pictures', { signal }), 'needed'),
    async () => judge('Videos', await askProbe('videos', { signal }), 'needed'),
  ]
  const checks: Check[] = []
  // One after the other: a machine with little memory is one that doctor is run on.
  for (const task of tasks) checks.push(await task())
  return checks
}

function judge(name: string, { works, detail }: Finding, need: 'needed' | 'optional'): Check {
  if (works) return { name, status: 'ok', detail }
  if (need === 'optional')
    return {
      name,
      status: 'absent',
      detail: shortReason(detail),
      remedy: 'not needed, cpu does it',
    }
  return { name, status: 'broken', detail, remedy: reinstall }
}

/** onnxruntime says where in its own source it failed before it says why. */
function shortReason(detail: string): string {
  const why = detail.split(/was false\. |\(/).at(-1) ?? detail
  return why.replace(/[)\s]+$/, '').slice(0, 160)
}
