import type { StageCause } from '../flow/stage-event'
import type { ReadMode } from './engine-context'

const proofs: Readonly<Record<ReadMode | 'only-replica', string>> = {
  'read-index':
    'The leader asked a quorum whether it still leads, and waited until all that was acknowledged before is applied.',
  lease:
    'The leader relies on the promise of its followers not to elect another one before its lease ends, without a message; without a lease it asks a quorum whether it still leads.',
  leader:
    'The store believes that it leads, and nothing more: if another one was elected meanwhile, the answer may be old.',
  local: 'Any replica answers with what it has applied: the answer may be old.',
  'only-replica': 'The region has one replica, which has everything that was ever acknowledged.',
}

/** Why stages of the engines happen. The screens have the same sentences in other languages, by the code. */
export const causes = {
  asyncWrite: (regionId: number): StageCause => ({
    code: 'engine.asyncWrite',
    parameters: { regionId },
    sentence: `The change becomes one command for region ${String(regionId)}, with the epoch that the client knew and a timestamp above all before it.`,
  }),
  route: (regionId: number): StageCause => ({
    code: 'engine.route',
    parameters: { regionId },
    sentence: `Each region is a Raft group of its own: the command goes to this store's member of group ${String(regionId)}.`,
  }),
  newReader: (proof: ReadMode | 'only-replica'): StageCause => ({
    code: `engine.newReader.${proof}`,
    parameters: { proof },
    sentence: proofs[proof],
  }),
  get: (keys: number): StageCause => ({
    code: 'engine.get',
    parameters: { keys },
    sentence:
      'A key is stored once a version, the newest first: the read takes the first version that is not above its timestamp.',
  }),
  rawWrite: (entries: number): StageCause => ({
    code: 'engine.rawWrite',
    parameters: { entries },
    sentence: `The data and how far it is applied are one batch (entries of the log in it: ${String(entries)}), so that after a crash they agree.`,
  }),
  rawWriteAlone: (changes: number): StageCause => ({
    code: 'engine.rawWriteAlone',
    parameters: { changes },
    sentence: `The region has one replica and no Raft log: the data goes straight into the engine (changes at once: ${String(changes)}), and nobody else is asked.`,
  }),
  columnFamily: (family: string, operations: number): StageCause => ({
    code: 'engine.columnFamily',
    parameters: { family, operations },
    sentence: `Operations of the batch for the column family ${family}: ${String(operations)}.`,
  }),
  answer: (): StageCause => ({
    code: 'closure.run',
    parameters: {},
    sentence: 'The change is written here, so the write that waits for it is woken.',
  }),
} as const
