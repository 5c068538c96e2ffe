import type { OpenStage, RequestTrace } from '../../flow/flow-probe'
import type { EngineContext } from '../engine-context'

/** The context of a write on its way to the log. */
export interface WriteContext extends EngineContext {
  /** `engine.asyncWrite` of a write that is followed: it is left when the command is made. */
  readonly asyncWrite?: OpenStage | undefined
}

/**
 * A trace for who proposes the command: the same, and it tells when the command's place in the log is certain, or will be
 * before anything is proposed behind it. Until then its timestamp is given, and no other may overtake it.
 */
export function proposalTrace(trace: RequestTrace, placed: () => void): RequestTrace {
  return {
    traceId: trace.traceId,
    operation: trace.operation,
    get heldMs() {
      return trace.heldMs
    },
    enter: (stage, describe) => {
      const open = trace.enter(stage, describe)
      if (stage === 'raftNode.propose' && open.held === undefined) placed()
      return open
    },
    follows: (entry) => {
      trace.follows(entry)
      placed()
    },
  }
}
