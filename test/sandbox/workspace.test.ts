import { beforeEach, describe, expect, it } from 'vitest'
import type { Disk } from '../../src-main/env'
import { simulatedEnv } from '../../src-main/env/simulated'
import { userDataDirectory } from '../../src-main/sandbox/user-data-directory'
import { defaultWorkspaceDirectory, namedWorkspaceDirectory, openWorkspace } from '../../src-main/sandbox/workspace'

describe('which folder is the workspace', () => {
  const surroundings = {
    option: undefined,
    environment: {},
    workingDirectory: '/home/me/project',
  }

  it('the one of the command line, before the one of the environment', () => {
    const environment = { DINGO_SANDBOX_WORKSPACE: '/data/named' }
    expect(namedWorkspaceDirectory({ ...surroundings, environment, option: '/data/asked' })).toBe('/data/asked')
    expect(namedWorkspaceDirectory({ ...surroundings, environment })).toBe('/data/named')
    expect(namedWorkspaceDirectory(surroundings)).toBeUndefined()
  })

  it('without a name, one in the person’s data', () => {
    expect(defaultWorkspaceDirectory('/home/me/.config/program')).toBe('/home/me/.config/program/workspace')
  })

  it('is meant from where the person stands', () => {
    expect(namedWorkspaceDirectory({ ...surroundings, option: '../other' })).toBe('/home/me/other')
  })
})

describe('where a person’s data is', () => {
  const at = (operatingSystem: string, environment: Record<string, string> = {}) =>
    userDataDirectory({ operatingSystem, environment, homeDirectory: '/home/me' })

  it('follows the custom of each operating system', () => {
    expect(at('linux')).toBe('/home/me/.config/dingodb-store-sandbox')
    expect(at('linux', { XDG_CONFIG_HOME: '/x' })).toBe('/x/dingodb-store-sandbox')
    expect(at('darwin')).toBe('/home/me/Library/Application Support/dingodb-store-sandbox')
    expect(at('win32', { APPDATA: '/roaming' })).toBe('/roaming/dingodb-store-sandbox')
  })
})

describe('opening a workspace', () => {
  let disk: Disk
  beforeEach(() => {
    disk = simulatedEnv({ seed: 1 }).addNode('host').env.disk
  })

  it('makes the folder, and all above it', async () => {
    await openWorkspace(disk, '/a/b/c')
    expect(await disk.status('/a/b/c')).toMatchObject({ kind: 'directory' })
  })

  it('refuses a folder that another host has, until that one lets go', async () => {
    const first = await openWorkspace(disk, '/w')
    await expect(openWorkspace(disk, '/w')).rejects.toMatchObject({ code: 'DISK_LOCKED' })
    await first.close()
    await first.close()
    await (await openWorkspace(disk, '/w')).close()
  })

  it('refuses a file, with a sentence that names the way out', async () => {
    await disk.replaceFile('/w', new Uint8Array())
    await expect(openWorkspace(disk, '/w')).rejects.toMatchObject({
      code: 'WORKSPACE_NOT_USABLE',
      message: expect.stringContaining('--workspace') as string,
      details: { directory: '/w' },
    })
  })

  it('refuses what cannot be made, and says why', async () => {
    await disk.replaceFile('/file', new Uint8Array())
    await expect(openWorkspace(disk, '/file/below')).rejects.toMatchObject({ code: 'WORKSPACE_NOT_USABLE' })
  })
})
