import { SandboxError } from '../../base/sandbox-error'
import { rawEngineLimits } from './limits'

/** The column family that always exists and that operations use when they name none. */
export const defaultColumnFamily = 'default'

/**
 * Where the engines keep what they must remember about themselves, such as ingests under way. Not a name that a caller
 * can choose, so it cannot clash.
 */
export const systemColumnFamily = '__engine'

const namePattern = /^[A-Za-z][A-Za-z0-9_.-]{0,62}$/

/** Whether a column family may have this name: 1 to 63 letters, digits, `_`, `.` and `-`, a letter first. */
export function isColumnFamilyName(name: string): boolean {
  return namePattern.test(name)
}

/**
 * The families to open: `default`, the system family and the declared ones, each once.
 *
 * @throws SandboxError INVALID_ARGUMENT for a name that is not allowed or too many families
 */
export function familiesToOpen(declared: readonly string[]): string[] {
  for (const name of declared) {
    if (isColumnFamilyName(name)) continue
    const message = `"${name}" cannot name a column family: use 1 to 63 letters, digits, "_", "." and "-", beginning with a letter.`
    throw new SandboxError('INVALID_ARGUMENT', message, { details: { columnFamily: name } })
  }
  const families = [...new Set([defaultColumnFamily, systemColumnFamily, ...declared])]
  if (families.length - 1 > rawEngineLimits.maxColumnFamilies) {
    const message = `A raw engine has at most ${rawEngineLimits.maxColumnFamilies} column families, ${families.length - 1} were asked for.`
    throw new SandboxError('INVALID_ARGUMENT', message, {
      details: { maxColumnFamilies: rawEngineLimits.maxColumnFamilies },
    })
  }
  return families
}

/** The families as callers see them: without the system family, `default` first, the others by name. */
export function visibleFamilies(families: Iterable<string>): string[] {
  const others = [...families].filter((name) => name !== defaultColumnFamily && name !== systemColumnFamily)
  return [defaultColumnFamily, ...others.sort()]
}
