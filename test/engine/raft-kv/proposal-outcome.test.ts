import { expect, test } from 'vitest'
import { SandboxError } from '../../../src-main/base/sandbox-error'
import { proposalError } from '../../../src-main/engine/raft-kv/proposal-outcome'
import { errnoOf } from '../../../src-main/rpc/dingo-error'
import { Errno } from '../../../src-main/rpc/generated/dingodb/error_pb'

test('a command that is too long is the fault of its sender, anything else is not', () => {
  expect(errnoOf(proposalError(7, new SandboxError('INVALID_ARGUMENT', 'Too long.')))).toBe(Errno.EILLEGAL_PARAMTETERS)
  expect(proposalError(7, new SandboxError('DISK_FULL', 'Full.')).code).toBe('DISK_FULL')
})
