import { beforeEach, describe, expect, it } from 'vitest'
import type { Assets } from '../../src-main/api/assets'
import { assetsOnDisk } from '../../src-main/api/assets'
import { simulatedEnv } from '../../src-main/env/simulated'

describe('files of the screens', () => {
  let assets: Assets

  beforeEach(async () => {
    const { disk } = simulatedEnv({ seed: 1 }).addNode('host').env
    const text = (content: string) => new TextEncoder().encode(content)
    await disk.makeDirectory('/program/renderer/assets')
    await disk.replaceFile('/program/secret.js', text('secret'))
    await disk.replaceFile('/program/renderer/index.html', text('<html>'))
    await disk.replaceFile('/program/renderer/.hidden.js', text('hidden'))
    await disk.replaceFile('/program/renderer/assets/index-1a2b.js', text('code'))
    await disk.replaceFile('/program/renderer/assets/key.pem', text('key'))
    assets = assetsOnDisk(disk, '/program/renderer')
  })

  it('come with their type, and are kept for ever when their name says what they hold', async () => {
    const script = await assets('/assets/index-1a2b.js', '')
    expect(await script?.text()).toBe('code')
    expect(script?.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
    expect(script?.headers.get('cache-control')).toContain('immutable')
    expect((await assets('/index.html', ''))?.headers.get('cache-control')).toBe('no-cache')
  })

  it.each([
    '/../secret.js',
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/%2e%2e/secret.js',
    '/..\\secret.js',
    '//program/secret.js',
    '/assets//index-1a2b.js',
    '/C:/secret.js',
    '/.hidden.js',
    '/secret.js\0.html',
    '/assets/key.pem',
    '/assets',
    '/',
    '',
    '/none.js',
  ])('do not include %j', async (path) => {
    expect(await assets(path, '')).toBeUndefined()
  })
})
