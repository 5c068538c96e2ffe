import { beforeEach, describe, expect, it, vi } from 'vitest'
import { isOpenableExternally, openExternally } from '../../src-main/electron/external-links'

const openExternal = vi.hoisted(() => vi.fn(() => Promise.resolve()))
vi.mock('electron', () => ({ shell: { openExternal } }))

const allowed = ['https://dingodb.readthedocs.io/', 'https://example.org:8443/a?b=c#d', 'HTTPS://EXAMPLE.ORG/']
const refused = [
  'http://example.org/',
  'file:///etc/passwd',
  'smb://server/share',
  'javascript:alert(1)',
  'data:text/html,x',
  'app://sandbox/',
  'ms-msdt:/id',
  'mailto:a@example.org',
  'https://user:secret@example.org/',
  'https://user@example.org/',
  'https://',
  'example.org',
  '//example.org/',
  '',
  ' ',
]

describe('what may be opened outside the program', () => {
  beforeEach(() => openExternal.mockClear())

  it.each(allowed)('%s may', (address) => {
    expect(isOpenableExternally(address)).toBe(true)
    openExternally(address)
    expect(openExternal).toHaveBeenCalledExactlyOnceWith(address)
  })

  it.each(refused)('%j may not', (address) => {
    expect(isOpenableExternally(address)).toBe(false)
    openExternally(address)
    expect(openExternal).not.toHaveBeenCalled()
  })
})
