import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { afterEach, describe, expect, it } from 'vitest'
import { projectDirectory } from '../support/capabilities'
import { temporaryDirectory } from './support/temporary-directory'

/** The README's first command as a person types it, where no display is. */
let started: ChildProcess | undefined
let userData: ReturnType<typeof temporaryDirectory> | undefined

afterEach(() => {
  try {
    if (started?.pid !== undefined) process.kill(-started.pid, 'SIGKILL')
  } catch (error) {
    // All of its processes ended by themselves, as they should.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  userData?.remove()
})

describe('npm start without a display', () => {
  it('serves the screens, prints their address, and ends in order with the terminal', async () => {
    userData = temporaryDirectory()
    const env = { ...process.env, DISPLAY: '', WAYLAND_DISPLAY: '' }
    const args = ['start', '--silent', '--', '--user-data-dir', userData.path]
    const child = spawn('npm', args, { cwd: projectDirectory, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    started = child
    const said: string[] = []
    createInterface(child.stderr).on('line', (line) => said.push(line))
    let address: string | undefined
    for await (const line of createInterface(child.stdout)) {
      address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line)?.[0]
      if (address !== undefined) break
    }
    expect(said.join('\n')).toContain('xvfb-run -a npm start')
    if (address === undefined) throw new Error(`No address was printed. What was said: ${said.join('\n')}`)
    const withToken = await fetch(address, { redirect: 'manual' })
    const cookie = withToken.headers.get('set-cookie')?.split(';')[0] ?? ''
    const page = await fetch(new URL('/', address), { headers: { cookie } })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain('<title>DingoDB Store Sandbox</title>')
    expect((await fetch(new URL('/', address))).status).toBe(403)
    // Ctrl+C reaches all processes of the terminal. npm itself ends by the signal; the program must be gone with it.
    const allClosed = once(child, 'close')
    process.kill(-(child.pid ?? 0), 'SIGINT')
    await allClosed
    await expect(fetch(address)).rejects.toThrow()
    expect(said.join('\n')).not.toMatch(/\n\s+at /)
  })
})
