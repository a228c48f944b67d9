import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseEncoderSpec } from './encoder-spec.ts'

test.each([
  ['runs/mine/model', { kind: 'path', path: 'runs/mine/model' }],
  ['file:a b.onnx', { kind: 'path', path: 'a b.onnx' }],
  ['file:///models/a%20b.onnx', { kind: 'path', path: '/models/a b.onnx' }],
  ['hf:./clip', { kind: 'path', path: './clip' }],
  [
    'hf:Xenova/clip-vit-base-patch32',
    {
      kind: 'hf',
      text: 'hf:Xenova/clip-vit-base-patch32',
      repository: 'Xenova/clip-vit-base-patch32',
      revision: 'main',
    },
  ],
  ['hf:a/b@v1.0', { kind: 'hf', text: 'hf:a/b@v1.0', repository: 'a/b', revision: 'v1.0' }],
  [
    'npm:@scope/models@1.2.3-beta.1/some/path.onnx',
    {
      kind: 'npm',
      text: 'npm:@scope/models@1.2.3-beta.1/some/path.onnx',
      package: '@scope/models',
      version: '1.2.3-beta.1',
      path: 'some/path.onnx',
    },
  ],
  [
    'npm:models@1.2.3/clip/',
    {
      kind: 'npm',
      text: 'npm:models@1.2.3/clip',
      package: 'models',
      version: '1.2.3',
      path: 'clip',
    },
  ],
])('%s', (text, spec) => {
  expect(parseEncoderSpec(text)).toEqual(spec)
})

test.each([
  ['hf:', /names no model/],
  ['hf:clip', /names no model/],
  ['hf:a/b/c', /names no model/],
  ['hf:a/..', /names no model/],
  ['hf:a/b@../../c', /names no model/],
  ['hf:a/b@c@d', /names no model/],
  ['hf:a/b?x', /names no model/],
  ['npm:models', /names no model/],
  ['npm:models@1.2.3', /names no model/],
  ['npm:models@latest/x', /"latest" is no exact version/],
  ['npm:models@^1.2.3/x', /is no exact version/],
  ['npm:models@1.2.3/../x', /is no path inside a package/],
  ['npm:models@1.2.3/a//b', /is no path inside a package/],
  ['npm:models@1.2.3/a\\b', /is no path inside a package/],
  ['npm:../models@1.2.3/x', /names no model/],
  ['file:', /names no model/],
  ['file://elsewhere/a.onnx', /is no address of a file/],
  ['a\0b', /names no model/],
])('%j is refused', (text, message) => {
  expect(() => parseEncoderSpec(text)).toThrow(message)
})

test('whatever a spec says, it is refused in one line or leads nowhere out', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('hf:', 'npm:', 'npm:@a/', 'hf:a/'),
      fc.string({ unit: fc.constantFrom('a', '.', '/', '\\', '@', '1', '-', '%', ' ') }),
      (scheme, rest) => {
        let spec: ReturnType<typeof parseEncoderSpec>
        try {
          spec = parseEncoderSpec(scheme + rest)
        } catch (error) {
          expect((error as Error).name).toBe('AppError')
          return
        }
        if (spec.kind === 'path') return
        const inside = spec.kind === 'npm' ? [spec.path, spec.package] : [spec.repository]
        for (const path of inside) expect(path.split('/')).not.toContain('..')
        expect(parseEncoderSpec(spec.text)).toEqual(spec)
      },
    ),
  ))
