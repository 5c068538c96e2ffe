import type { StageCause } from '../flow/stage-event'

/** Why stages of the coordinators happen. The screens have the same sentences in other languages, by the code. */
export const causes = {
  validate: (method: string): StageCause => ({
    code: 'coordinator.validate',
    parameters: { method },
    sentence: `A client called ${method}; the leader of the coordinators checks it against the metadata as it is applied.`,
  }),
  plan: (): StageCause => ({
    code: 'coordinator.plan',
    parameters: {},
    sentence: 'Each partition becomes a region; its stores are those that are up and carry least.',
  }),
  commit: (): StageCause => ({
    code: 'coordinator.commit',
    parameters: {},
    sentence:
      "The change goes through the coordinators' own Raft group, planned once more on what is applied by then; with it the job is kept that carries it out.",
  }),
  push: (command: string, regionId: number, storeId: number): StageCause => ({
    code: 'coordinator.push',
    parameters: { command, regionId, storeId },
    sentence: `The job tells store ${String(storeId)} ${command} for region ${String(regionId)}, again and again until the store has taken it.`,
  }),
} as const
