import { SandboxError } from '../base/sandbox-error'

const ROOT = /^(?:[A-Za-z]:)?\//

/**
 * The one spelling of a path: absolute, `/` as separator, no empty segments and no trailing separator.
 *
 * @throws SandboxError INVALID_ARGUMENT for a relative path, for `.` and `..`, for a backslash and for a zero byte: they
 * mean different things on different systems, or let a path leave the directory it was joined to
 */
export function normalizePath(path: string): string {
  const root = ROOT.exec(path)?.[0]
  if (root === undefined) throw invalidPath(path, 'it is not absolute with "/" as separator')
  if (path.includes('\0') || path.includes('\\')) throw invalidPath(path, 'it holds a zero byte or a backslash')
  const segments = path
    .slice(root.length)
    .split('/')
    .filter((segment) => segment !== '')
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw invalidPath(path, 'it holds "." or ".." as a segment')
  }
  return root + segments.join('/')
}

/** The names of a normalized path below its root; none for the root itself. */
export function pathSegments(path: string): readonly string[] {
  const below = path.slice(path.indexOf('/') + 1)
  return below === '' ? [] : below.split('/')
}

/** The directory that holds a normalized path; the root holds itself. */
export function parentPath(path: string): string {
  const last = path.lastIndexOf('/')
  const rootEnd = path.indexOf('/')
  return last === rootEnd ? path.slice(0, rootEnd + 1) : path.slice(0, last)
}

/** A name below a normalized directory. */
export function joinPath(directory: string, name: string): string {
  return directory.endsWith('/') ? directory + name : `${directory}/${name}`
}

/** Whether a normalized path is the directory or anything below it. */
export function isAtOrBelow(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith('/') ? directory : `${directory}/`)
}

/** Orders names by their UTF-8 bytes, the order of {@link Disk.list} on every system. */
export function compareNames(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let position = 0; position < length; position++) {
    const difference = codeUnitRank(left.charCodeAt(position)) - codeUnitRank(right.charCodeAt(position))
    if (difference !== 0) return difference
  }
  return left.length - right.length
}

/** Surrogates stand for code points above all others, so they rank above the code units from U+E000 up. */
function codeUnitRank(unit: number): number {
  if (unit < 0xd800) return unit
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800
}

function invalidPath(path: string, reason: string): SandboxError {
  return new SandboxError('INVALID_ARGUMENT', `The path "${path}" cannot be used: ${reason}.`, { details: { path } })
}
