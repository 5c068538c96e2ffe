import type { StageEvent } from '../../src-main/flow/stage-event'

/** A stage of a put that nothing is known of but where and when it was, and what is given. */
export function stageEvent(given: Partial<StageEvent> = {}): StageEvent {
  return {
    sequence: 1,
    nodeId: 1,
    stage: 'log.append',
    traceId: 'a1',
    operation: 'KvPut',
    regionId: 80_001,
    entry: undefined,
    peerId: undefined,
    messageId: undefined,
    startedAtMs: 1,
    endedAtMs: 2,
    heldMs: 0,
    fate: undefined,
    before: [],
    after: [],
    cause: { code: 'test', parameters: {}, sentence: 'It was so.' },
    error: undefined,
    ...given,
  }
}
