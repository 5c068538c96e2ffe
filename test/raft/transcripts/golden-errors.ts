import type { Refusal } from '../../../src-main/raft/core/refusal'
import { isProposalDropped } from '../../../src-main/raft/core/refusal'

/** A refusal in the words of the transcripts. The core itself says more, in sentences for people. */
export function describeRefusal(refusal: Refusal): string {
  if (isProposalDropped(refusal.code)) return 'raft proposal dropped'
  switch (refusal.code) {
    case 'LOCAL_MESSAGE':
      return 'raft: cannot step raft local message'
    case 'UNKNOWN_PEER':
      return 'raft: cannot step as peer not found'
    default:
      return refusal.message
  }
}
