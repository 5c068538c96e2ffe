import { SandboxError } from '../../../base/sandbox-error'
import type { ErrorCode } from '../../../base/error-codes'
import { saysNoSpace } from '../no-space'

// RocksDB's errors reach JavaScript as sentences without the status code, so the sentences are what there is to go by.
const lockSentence = /lock hold by current process|While lock file|\/LOCK: /
const corruptionSentence = /checksum mismatch|corrupt|truncated record|bad block|missing start of fragmented record/i
const closedSentence = /session is closed|Batch is destroyed/

/** An error of an open database as a SandboxError. */
export function fromRocks(thrown: unknown, doing: string, directory: string): SandboxError {
  if (thrown instanceof SandboxError) return thrown
  const sentence = sentenceOf(thrown)
  const message = `RocksDB in ${directory} failed to ${doing}: ${sentence}`
  return new SandboxError(codeOf(sentence), message, { details: { directory, doing }, cause: thrown })
}

/** An error of opening a database as a SandboxError. */
export function fromRocksOpen(thrown: unknown, directory: string): SandboxError {
  if (thrown instanceof SandboxError) return thrown
  const sentence = sentenceOf(thrown)
  const options = { details: { directory }, cause: thrown }
  if (lockSentence.test(sentence)) {
    const message = `The RocksDB directory ${directory} is open already, here or in another process: close it there first.`
    return new SandboxError('ENGINE_LOCKED', message, options)
  }
  const advice = 'Look at its LOG file, or restore the directory from another replica.'
  return new SandboxError('ENGINE_OPEN_FAILED', `RocksDB does not open ${directory}: ${sentence} ${advice}`, options)
}

/** The families that RocksDB complains were not named at opening; none if it complains of something else. */
export function familiesNotOpened(thrown: unknown): string[] {
  const list = /Column families not opened: (.+)$/s.exec(reasonOf(thrown))?.[1]
  return list === undefined ? [] : list.split(',').map((name) => name.trim())
}

function codeOf(sentence: string): ErrorCode {
  if (closedSentence.test(sentence)) return 'ENGINE_CLOSED'
  if (saysNoSpace(sentence)) return 'DISK_FULL'
  return corruptionSentence.test(sentence) ? 'ENGINE_CORRUPTION' : 'ENGINE_IO'
}

function sentenceOf(thrown: unknown): string {
  return reasonOf(thrown).replace(/[^.]$/, '$&.')
}

/** What RocksDB said: a failed batch carries it as its cause. */
function reasonOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown)
  return (thrown.cause instanceof Error ? thrown.cause.message : thrown.message).trim()
}
