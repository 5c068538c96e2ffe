// `npm test`: builds, then runs every test that can run on this machine, in a virtual display where there is no other.
// What could not run is listed with its reason; with CI=true that fails the run. Arguments go to vitest.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = (name) => join(root, 'node_modules', '.bin', process.platform === 'win32' ? `${name}.cmd` : name)

/** Ends the run with a sentence instead of a stack trace. */
function refuse(sentence) {
  console.error(sentence)
  console.log('0 passed, 1 failed')
  process.exit(1)
}

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32', ...options })
}

const isOnPath = (name) =>
  (process.env.PATH ?? '').split(':').some((directory) => directory !== '' && existsSync(join(directory, name)))

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  refuse(`The tests need Node 20.19 or later and this is ${process.versions.node}. Install a newer one.`)
}
if (!existsSync(bin('vitest'))) refuse('The packages are not installed. Run "npm ci" first.')

const build = run(bin('electron-vite'), ['build', '--logLevel', 'error'], {
  stdio: ['ignore', 'pipe', 'pipe'],
  encoding: 'utf8',
})
if (build.status !== 0) refuse(`The build fails, so no test ran:\n${build.stdout ?? ''}${build.stderr ?? ''}`)

const vitest = [
  bin('vitest'),
  'run',
  '--reporter=default',
  '--reporter=./test/support/summary-reporter.ts',
  ...process.argv.slice(2),
]
const needsDisplay = process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY
const [command, ...args] = needsDisplay && isOnPath('xvfb-run') ? ['xvfb-run', '-a', ...vitest] : vitest
const result = run(command, args)
process.exit(result.status ?? 1)
