import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SentenceError } from './sentence-error.mjs'

/**
 * Compares what the lock file asks for with the record that npm keeps of what it installed. Two small files, so it is
 * done at every start: a forgotten `npm ci` otherwise shows up as an unreadable failure far away.
 *
 * @param {string} projectDir
 * @throws {SentenceError} when packages are missing or of another version
 */
export function checkPackages(projectDir) {
  const asked = readPackages(join(projectDir, 'package-lock.json'))
  if (asked === null) throw new SentenceError(`${join(projectDir, 'package-lock.json')} cannot be read: restore it.`)
  const installed = readPackages(join(projectDir, 'node_modules/.package-lock.json'))
  if (installed === null) throw new SentenceError('The packages of this program are not installed. Run: npm ci')

  for (const [path, { version, optional }] of Object.entries(asked)) {
    if (path === '' || installed[path]?.version === version) continue
    // npm leaves out optional packages that are made for another operating system.
    if (optional && installed[path] === undefined) continue
    const found = installed[path] === undefined ? 'is missing' : `is ${installed[path].version}`
    throw new SentenceError(
      `The installed packages are not those of package-lock.json: ${path} ${found} and should be ${version}. Run: npm ci`,
    )
  }
}

/** @returns {Record<string, {version?: string, optional?: boolean}> | null} null when there is no readable lock file */
function readPackages(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? null
  } catch (error) {
    // A file cut short by an interrupted install is mended by the same command as an absent one.
    if (error.code === 'ENOENT' || error instanceof SyntaxError) return null
    throw error
  }
}
