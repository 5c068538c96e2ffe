import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { acquireLock } from './exclusive-lock.mjs'
import { SentenceError } from './sentence-error.mjs'
import { sourceFingerprint } from './source-fingerprint.mjs'

const OUTPUTS = [
  'out/main/electron.cjs',
  'out/main/headless.cjs',
  'out/main/launcher.cjs',
  'out/main/dingo-sandbox.cjs',
  'out/preload/preload.cjs',
  'out/renderer/index.html',
]

/** Holds the fingerprint of the sources that `out/` was built from. Absent while a build runs and after one failed. */
const stampOf = (projectDir) => join(projectDir, 'out/.build-stamp')

/**
 * Builds the program when `out/` is missing or was built from other sources. Two starts at once build once: the second
 * waits for the first.
 *
 * @param {string} projectDir
 * @param {{say: (sentence: string) => void, onlyIfMissing?: boolean}} options with `onlyIfMissing` an outdated build will do
 * @returns {Promise<boolean>} whether a build was made
 * @throws {SentenceError} when the build fails; the compiler's own words come with it
 */
export async function buildWhenStale(projectDir, { say, onlyIfMissing = false }) {
  if (isUsable(projectDir, onlyIfMissing)) return false
  mkdirSync(join(projectDir, 'out'), { recursive: true })
  const lock = await acquireLock(join(projectDir, 'out/.build-lock'), {
    onWait: () => say('Waiting for another start of this program, which is building it.'),
  })
  try {
    if (isUsable(projectDir, onlyIfMissing)) return false
    const startedAtMs = Date.now()
    say('Building the program: there is no build of its present sources.')
    await build(projectDir)
    say(`Built in ${((Date.now() - startedAtMs) / 1000).toFixed(1)} s.`)
    return true
  } finally {
    lock.release()
  }
}

/** Forgets what `out/` was built from, for those who are about to put something else there. */
export function forgetBuild(projectDir) {
  rmSync(stampOf(projectDir), { force: true })
}

function isUsable(projectDir, anyAge) {
  if (!OUTPUTS.every((path) => existsSync(join(projectDir, path)))) return false
  return anyAge || readStamp(projectDir) === sourceFingerprint(projectDir)
}

function readStamp(projectDir) {
  try {
    return readFileSync(stampOf(projectDir), 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

async function build(projectDir) {
  forgetBuild(projectDir)
  // Taken before the build: a file that changes while it runs makes the next start build again.
  const fingerprint = sourceFingerprint(projectDir)
  const { code, output } = await runBuilder(projectDir)
  if (code !== 0) throw new SentenceError(`${output}\nThe build failed. To see all of it, run: npm run build`)
  writeFileSync(stampOf(projectDir), fingerprint)
}

function runBuilder(projectDir) {
  const builder = join(projectDir, 'node_modules/electron-vite/bin/electron-vite.js')
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [builder, 'build', '--logLevel', 'warn'], {
      cwd: projectDir,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text) => (output += text))
    }
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: readable(output) }))
  })
}

/** The place in the sources is in the compiler's message; where inside the compiler it was noticed helps nobody. */
function readable(output) {
  const text = output.replace(/^ {4}at .*\n?/gm, '').trim()
  return process.stderr.isTTY ? text : stripVTControlCharacters(text)
}
