import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'
import { checkPackages } from '../../src-main/headless/launcher/start/installed-packages.mjs'
import { buildWhenStale } from '../../src-main/headless/launcher/start/project-build.mjs'

const projectDir = resolve(import.meta.dirname, '../..')

/**
 * Builds if need be and runs vitest, in a virtual display where the machine has no other.
 *
 * @param {readonly string[]} vitestArguments
 * @returns {Promise<number>} the exit status
 * @throws {SentenceError} when packages are missing or the build fails
 */
export async function runTests(vitestArguments) {
  checkPackages(projectDir)
  await buildWhenStale(projectDir, { say: (sentence) => console.error(sentence) })
  const vitest = [join(projectDir, 'node_modules/vitest/vitest.mjs'), 'run']
  const reporters = ['--reporter=default', '--reporter=./test/support/summary-reporter.ts']
  const command = [process.execPath, ...vitest, ...reporters, ...vitestArguments]
  const [program, ...programArguments] =
    needsDisplay() && isOnPath('xvfb-run') ? ['xvfb-run', '-a', ...command] : command
  return await new Promise((done, failed) => {
    const child = spawn(program, programArguments, { cwd: projectDir, stdio: 'inherit' })
    child.on('error', failed)
    child.on('exit', (code) => done(code ?? 1))
  })
}

function needsDisplay() {
  return process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
}

function isOnPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      // Not here; the next directory may have it.
      return false
    }
  })
}
