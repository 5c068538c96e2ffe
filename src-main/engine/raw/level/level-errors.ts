import type { ErrorCode } from '../../../base/error-codes'
import { SandboxError } from '../../../base/sandbox-error'
import { saysNoSpace } from '../no-space'

const codes: Readonly<Record<string, ErrorCode>> = {
  LEVEL_CORRUPTION: 'ENGINE_CORRUPTION',
  LEVEL_DATABASE_NOT_OPEN: 'ENGINE_CLOSED',
  LEVEL_ITERATOR_NOT_OPEN: 'ENGINE_HANDLE_CLOSED',
  LEVEL_SNAPSHOT_NOT_OPEN: 'ENGINE_HANDLE_CLOSED',
}

/** An error of an open database as a SandboxError. */
export function fromLevel(thrown: unknown, doing: string, directory: string): SandboxError {
  if (thrown instanceof SandboxError) return thrown
  const sentence = sentenceOf(thrown)
  const message = `LevelDB in ${directory} failed to ${doing}: ${sentence}`
  const code = saysNoSpace(sentence) ? 'DISK_FULL' : (codes[codeOf(thrown) ?? ''] ?? 'ENGINE_IO')
  return new SandboxError(code, message, {
    details: { directory, doing },
    cause: thrown,
  })
}

/** An error of opening a database as a SandboxError. */
export function fromLevelOpen(thrown: unknown, directory: string): SandboxError {
  if (thrown instanceof SandboxError) return thrown
  // abstract-level wraps what the binding said.
  const reason = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown
  const options = { details: { directory }, cause: reason }
  if (codeOf(reason) === 'LEVEL_LOCKED') {
    const message = `The LevelDB directory ${directory} is open already, here or in another process: close it there first.`
    return new SandboxError('ENGINE_LOCKED', message, options)
  }
  const advice = 'Look at its LOG file, or restore the directory from another replica.'
  const message = `LevelDB does not open ${directory}: ${sentenceOf(reason)} ${advice}`
  return new SandboxError('ENGINE_OPEN_FAILED', message, options)
}

function codeOf(thrown: unknown): string | undefined {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined
}

function sentenceOf(thrown: unknown): string {
  const sentence = thrown instanceof Error ? thrown.message : String(thrown)
  return sentence.trim().replace(/[^.]$/, '$&.')
}
