import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import App from '../../../src-renderer/app/App.vue'
import WelcomeScreen from '../../../src-renderer/features/welcome/WelcomeScreen.vue'
import { useConnectionStore } from '../../../src-renderer/data/connection-store'
import type { Language } from '../../../src-renderer/app/i18n/i18n'
import type { LoadProblem } from '../../../src-main/engine/raw/load-binding'
import { FakeDoor, closedSession, doorError, someInfo } from '../support/fake-door'

let door: FakeDoor
beforeEach(() => {
  door = new FakeDoor()
  door.session = { ...closedSession, workspace: { directory: '/home/me/workspace', name: 'workspace' } }
})

/** The page at the address of this screen. */
async function open(language: Language = 'en') {
  door.router.addRoute({ path: '/system', name: 'system', component: WelcomeScreen })
  await door.router.push('/system')
  const page = mount(App, { global: { plugins: [door.plugin(language)] } })
  await useConnectionStore().connect()
  await flushPromises()
  return page
}

const withProblem = (problem: LoadProblem) => {
  const error = {
    code: 'ENGINE_NOT_AVAILABLE' as const,
    message: 'The package rocksdb-native does not load.',
    details: { package: 'rocksdb-native', words: 'the words of the loader', ...problem },
  }
  return { ...someInfo, engines: [{ ...someInfo.engines[0]!, error }, someInfo.engines[1]!] }
}
const noLibrary: LoadProblem = {
  problem: 'missing-library',
  library: 'libatomic.so.1',
  debianPackage: 'libatomic1',
}

describe('the first screen', () => {
  it('says what the program is, where its data is and which engines load', async () => {
    const page = await open()
    expect(page.get('h1').text()).toBe('Ready on this machine')
    expect(page.findAll('tbody tr').map((row) => row.findAll('th, td').map((cell) => cell.text()))).toEqual([
      ['RocksDB', expect.any(String), 'rocksdb-native', '3.18.1', 'Loaded'],
      ['Memory', expect.any(String), 'built in', '0.1.0', 'Loaded'],
    ])
    expect(page.text()).toContain('2 of 2 loaded')
    expect(page.get('main').text()).toContain('/home/me/workspace')
    expect(page.get('main').text()).toContain('20.1.2')
    expect(page.find('article').exists()).toBe(false)
  })

  it('says all of it in Chinese', async () => {
    const page = await open('zh-CN')
    expect(page.get('h1').text()).toBe('本机已就绪')
    expect(page.get('main').text()).not.toMatch(/Loaded|Engine|Version|Workspace|Folder/)
  })

  it.each([
    ['en', 'RocksDB is not available', 'libatomic.so.1 is missing', 'sudo apt-get install libatomic1'],
    ['zh-CN', 'RocksDB 不可用', '缺少系统库 libatomic.so.1', 'sudo apt-get install libatomic1'],
  ] as const)('explains in %s why an engine does not load, and what to do', async (language, what, why, next) => {
    door.info = withProblem(noLibrary)
    const page = await open(language)
    const card = page.get('article')
    for (const words of [what, why, next, 'ENGINE_NOT_AVAILABLE']) expect(card.text()).toContain(words)
    expect(page.get('h1').text()).not.toMatch(/Ready|就绪/)
  })

  it.each<[LoadProblem, RegExp]>([
    [{ problem: 'missing-library', library: 'libfoo.so.1', debianPackage: null }, /libfoo\.so\.1.*holds this library/s],
    [{ problem: 'not-installed', platform: 'linux-riscv64' }, /linux-riscv64.*npm ci/s],
    [{ problem: 'other' }, /the words of the loader.*npm ci/s],
  ])('has words for %j', async (problem, words) => {
    door.info = withProblem(problem)
    expect((await open()).get('article').text()).toMatch(words)
  })

  it('copies an error for a report, with all that is known of it', async () => {
    const copied: string[] = []
    document.execCommand = () => {
      const event = new Event('copy') as Event & { clipboardData: unknown }
      event.clipboardData = { setData: (_type: string, text: string) => copied.push(text) }
      return document.dispatchEvent(event)
    }
    door.info = withProblem(noLibrary)
    const page = await open()
    await page.get('article button').trigger('click')
    expect(JSON.parse(copied[0] ?? '')).toMatchObject({ code: 'ENGINE_NOT_AVAILABLE', details: noLibrary })
    expect(page.get('article button').text()).toBe('Copied')
    await page.get('article button').trigger('blur')
    expect(page.get('article button').text()).toBe('Copy details')
  })
})

describe('a host that does not answer', () => {
  it('is said with the way out, and tried again on request', async () => {
    door.failure = new TypeError('Failed to fetch')
    const page = await open()
    expect(page.get('article').text()).toContain('The host does not answer')
    expect(page.get('article').text()).toContain('open the address that it prints')
    door.failure = undefined
    await page.get('article footer button').trigger('click')
    await flushPromises()
    expect(page.get('h1').text()).toBe('Ready on this machine')
  })

  it('has another way out in the window', async () => {
    vi.stubGlobal('sandboxWindow', { kind: 'electron', onCommand: () => () => undefined })
    door.failure = new TypeError('Failed to fetch')
    expect((await open()).get('article').text()).toContain('Quit the program')
    vi.unstubAllGlobals()
  })

  it('that fails in its own way is quoted', async () => {
    door.failure = doorError({ code: 'DISK_IO', message: 'The device reports an error at /d.', details: {} })
    expect((await open()).get('article').text()).toMatch(
      /disk reports an error.*DISK_IO.*The device reports an error at \/d\./s,
    )
  })
})

describe('the banner', () => {
  it('is there only while the host is gone, and is told to screen readers', async () => {
    const page = await open()
    door.stream.onConnectionStateChange({ state: 'pending', error: null })
    await flushPromises()
    expect(page.find('[role=alert]').exists()).toBe(false)
    expect(page.get('footer').text()).toContain('Connected')
    door.stream.onError(new Error('gone'))
    await flushPromises()
    expect(page.get('[role=alert]').text()).toContain('no longer answers')
    expect(page.get('main').text()).toContain('Ready on this machine')
    expect(page.get('footer').text()).toContain('Not connected')
  })
})

describe('the switches', () => {
  it('tell the host what was chosen', async () => {
    const page = await open()
    await page.get('input[value="dark"]').setValue()
    await page.get('input[value="zh-CN"]').setValue()
    expect(door.changes).toEqual([{ theme: 'dark' }, { language: 'zh-CN' }])
  })

  it('say when the host did not keep a choice, until it keeps one', async () => {
    const page = await open()
    door.failure = doorError({ code: 'DISK_FULL', message: 'No space is left.', details: {} })
    await page.get('input[value="dark"]').setValue()
    await flushPromises()
    expect(page.get('footer [role=status]').text()).toBe('Choice not kept by the host')
    expect(page.get('footer [role=status]').attributes('title')).toBe('No space is left.')
    door.failure = undefined
    await page.get('input[value="light"]').setValue()
    await flushPromises()
    expect(page.find('footer [role=status]').exists()).toBe(false)
  })
})
