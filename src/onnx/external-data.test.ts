import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TensorProto_DataLocation } from 'onnx-buf'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { modelBytes, weight } from '../../tests/support/model-bytes.ts'
import { readModel } from './read.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-external-'))
})
afterEach(() => rm(folder, { recursive: true }))

const outside = (entries: Record<string, string>) =>
  modelBytes({
    initializer: [
      weight({
        dataLocation: TensorProto_DataLocation.EXTERNAL,
        externalData: Object.entries(entries).map(([key, value]) => ({ key, value })),
      }),
    ],
  })

test('external data is read from beside the model', async () => {
  await mkdir(join(folder, 'parts'))
  await writeFile(join(folder, 'parts', 'w.bin'), new Uint8Array(Float32Array.of(9, 1, 2).buffer))
  const path = join(folder, 'm.onnx')
  for (const entries of [
    { location: 'parts/w.bin', offset: '4', length: '8' },
    { location: './parts/w.bin', offset: '4' },
  ]) {
    await writeFile(path, outside(entries))
    const { initializers } = await readModel(path)
    expect([...initializers.get('w')!.data]).toEqual([1, 2])
  }
  await expect(readModel(outside({ location: 'w.bin' }))).rejects.toThrow(
    /lies in another file; give the path/,
  )
})

test('external data leads nowhere else, and is as long as it says', async () => {
  const inner = join(folder, 'model')
  await mkdir(inner)
  await writeFile(join(folder, 'secret'), new Uint8Array(8))
  await writeFile(join(inner, 'w.bin'), new Uint8Array(8))
  await symlink(join(folder, 'secret'), join(inner, 'link'))
  await symlink('w.bin', join(inner, 'honest-link'))
  const path = join(inner, 'm.onnx')
  const reading = async (entries: Record<string, string>) => {
    await writeFile(path, outside(entries))
    return readModel(path)
  }
  await expect(reading({ location: 'honest-link' })).resolves.toBeDefined()
  for (const location of ['../secret', join(folder, 'secret'), 'a/../../secret', '..', '', '.'])
    await expect(reading({ location })).rejects.toThrow(
      /only files in the model's own folder are read/,
    )
  await expect(reading({ location: 'link' })).rejects.toThrow(
    /"link" is a link out of the model's folder/,
  )
  await expect(reading({ location: 'gone' })).rejects.toMatchObject({ code: 'NotFound' })
  await expect(reading({ location: 'w.bin', offset: '4' })).rejects.toThrow(
    /bytes 4 to 12 of "w\.bin" are wanted, the file has 8/,
  )
  for (const offset of ['-4', '1.5', 'x', '1e300'])
    await expect(reading({ location: 'w.bin', offset })).rejects.toMatchObject({
      code: 'InvalidInput',
    })
  await expect(reading({ location: 'w.bin', length: '4' })).rejects.toThrow(
    /gives 4 bytes, its shape wants 8/,
  )
  await mkdir(join(inner, 'sub'))
  await expect(reading({ location: 'sub' })).rejects.toThrow(/is not a file/)
})

test('many tensors cannot claim the bytes of one small file over and over', async () => {
  await writeFile(join(folder, 'w.bin'), new Uint8Array(8))
  const external = {
    dataLocation: TensorProto_DataLocation.EXTERNAL,
    externalData: [{ key: 'location', value: 'w.bin' }],
  }
  const initializer = ['w', 'w2'].map((name) => ({ ...weight(external), name }))
  await writeFile(join(folder, 'm.onnx'), modelBytes({ initializer }))
  await expect(readModel(join(folder, 'm.onnx'))).rejects.toThrow(
    /claim more bytes than their files hold/,
  )
})
