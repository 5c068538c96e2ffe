import { beforeEach, describe, expect, it } from 'vitest'
import type { Disk } from '../../src-main/env'
import { simulatedEnv } from '../../src-main/env/simulated'
import { SandboxError } from '../../src-main/base/sandbox-error'
import { defaultPreferences, openPreferences } from '../../src-main/sandbox/preferences'

const PATH = '/preferences.json'

describe('preferences', () => {
  let disk: Disk
  beforeEach(() => {
    disk = simulatedEnv({ seed: 1 }).addNode('host').env.disk
  })
  const put = (text: string) => disk.replaceFile(PATH, new TextEncoder().encode(text))

  it('are there again after a restart', async () => {
    await (await openPreferences(disk, PATH)).change({ theme: 'dark' })
    await (await openPreferences(disk, PATH)).change({ language: 'zh-CN' })
    expect((await openPreferences(disk, PATH)).current).toEqual({ theme: 'dark', language: 'zh-CN' })
  })

  it('tell of each change, until nobody wants to know', async () => {
    const preferences = await openPreferences(disk, PATH)
    const told: unknown[] = []
    const stop = preferences.onChange((changed) => told.push(changed))
    await preferences.change({ theme: 'light' })
    stop()
    await preferences.change({ theme: 'dark' })
    expect(told).toEqual([{ theme: 'light', language: 'system' }])
  })

  it('keep the last of changes that overlap', async () => {
    const preferences = await openPreferences(disk, PATH)
    await Promise.all((['dark', 'light', 'dark', 'light'] as const).map((theme) => preferences.change({ theme })))
    expect((await openPreferences(disk, PATH)).current.theme).toBe('light')
  })

  it.each(['', '{', '[]', 'null', '"dark"', '{"theme":"pink","language":7}'])(
    'are the defaults if the file holds %j',
    async (text) => {
      await put(text)
      expect((await openPreferences(disk, PATH)).current).toEqual(defaultPreferences)
    },
  )

  it('keep what is readable of a file', async () => {
    await put('{"theme":"dark","language":"tlh"}')
    expect((await openPreferences(disk, PATH)).current).toEqual({ theme: 'dark', language: 'system' })
  })

  it('tell who changed them that the disk failed, and go on', async () => {
    let full = true
    const failing: Pick<Disk, 'readFile' | 'replaceFile'> = {
      readFile: (path) => disk.readFile(path),
      replaceFile: (path, bytes) =>
        full ? Promise.reject(new SandboxError('DISK_FULL', 'No space.')) : disk.replaceFile(path, bytes),
    }
    const preferences = await openPreferences(failing, PATH)
    await expect(preferences.change({ theme: 'dark' })).rejects.toMatchObject({ code: 'DISK_FULL' })
    full = false
    await preferences.change({ language: 'en' })
    expect((await openPreferences(disk, PATH)).current).toEqual({ theme: 'dark', language: 'en' })
  })
})
