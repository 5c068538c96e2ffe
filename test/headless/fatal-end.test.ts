import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { projectDirectory } from '../support/capabilities'

let userData: string
beforeEach(() => {
  userData = mkdtempSync(join(tmpdir(), 'sandbox-fatal-'))
})
afterEach(() => rmSync(userData, { recursive: true, force: true }))

/** Throws in the program what it is told to. */
const saboteur = `process.on('message', (kind) => {
  const error = new Error('something that cannot be')
  if (kind === 'unhandled rejection') void Promise.reject(error)
  else throw error
})`

/** What the program wrote to its log. */
function logged(): ReadonlyArray<Record<string, unknown>> {
  const directory = join(userData, 'logs')
  const lines = readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').trim().split('\n'))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

describe('a defect of the headless host', () => {
  it.for(['uncaught exception', 'unhandled rejection'])('(%s) is logged before the program ends', async (kind) => {
    const entry = join(projectDirectory, 'out', 'main', 'headless.cjs')
    const early = ['--import', `data:text/javascript,${encodeURIComponent(saboteur)}`]
    const args = [...early, entry, 'serve', '--no-cluster', '--json', '--user-data-dir', userData]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    let told = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (told += text))
    const closed = once(child, 'close')
    if (child.stdout === null) throw new Error('The program has no standard output.')
    await once(createInterface(child.stdout), 'line')
    child.send(kind)
    expect((await closed)[0]).toBe(1)
    expect(told).toMatch(/defect of its own.*something that cannot be/)
    const [defect] = logged().filter(({ event }) => event === 'defect')
    expect(defect).toMatchObject({ where: kind, message: 'something that cannot be' })
    expect(defect?.['stack']).toMatch(/\n\s+at /)
  })
})
