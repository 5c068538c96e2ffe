import type { StageCause } from '../flow/stage-event'

/** Why stages of a store's requests happen. The screens have the same sentences in other languages, by the code. */
export const causes = {
  validate: (method: string, regionId: number): StageCause => ({
    code: 'service.validate',
    parameters: { method, regionId },
    sentence: `A client called ${method} for region ${String(regionId)}; before anything is done the request is checked in a fixed order.`,
  }),
  storageWrite: (engine: string): StageCause => ({
    code: 'storage.write',
    parameters: { engine },
    sentence: `The request becomes a change that names no region and no engine; the region's definition says that the engine is ${engine}.`,
  }),
  storageRead: (engine: string): StageCause => ({
    code: 'storage.read',
    parameters: { engine },
    sentence: `The region's definition says which engine is read: ${engine}.`,
  }),
  writeCallback: (): StageCause => ({
    code: 'storage.writeCallback',
    parameters: {},
    sentence: 'The engine says that the change is durable and applied here, or why not.',
  }),
  respond: (totalMs: number): StageCause => ({
    code: 'service.respond',
    parameters: { totalMs: Math.round(totalMs * 1000) / 1000 },
    sentence: 'The response is set, with the time that each part took, and leaves for the client.',
  }),
  regionStep: (command: string, regionId: number): StageCause => ({
    code: 'region.step',
    parameters: { command, regionId },
    sentence: `The coordinators told this store ${command} for region ${String(regionId)}; a step begins when the one before is durable.`,
  }),
} as const
