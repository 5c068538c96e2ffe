import { createHash } from 'node:crypto'
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Everything that goes into a build. A path that does not exist counts as empty. */
export const BUILD_INPUTS = [
  'src-main',
  'src-renderer',
  'proto',
  'resources',
  'electron.vite.config.ts',
  'tsconfig.base.json',
  'tsconfig.node.json',
  'tsconfig.web.json',
  'package.json',
  'package-lock.json',
]

/**
 * A digest over path, size and time of change of every build input. Contents are not read: that keeps a start that has
 * nothing to build within milliseconds, at the price of a needless build after a file was merely touched.
 *
 * @param {string} projectDir
 * @param {readonly string[]} inputs relative to it
 * @returns {string}
 */
export function sourceFingerprint(projectDir, inputs = BUILD_INPUTS) {
  const digest = createHash('sha256')
  for (const input of inputs) addTo(digest, projectDir, input)
  return digest.digest('hex')
}

function addTo(digest, projectDir, path) {
  const stats = statSync(join(projectDir, path), { throwIfNoEntry: false })
  if (stats === undefined) return
  if (stats.isDirectory()) {
    for (const name of readdirSync(join(projectDir, path)).sort()) addTo(digest, projectDir, `${path}/${name}`)
  } else if (stats.isFile()) {
    digest.update(`${path}\0${stats.size}\0${stats.mtimeMs}\n`)
  }
}
