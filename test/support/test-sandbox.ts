import type { Env } from '../../src-main/env'
import type { Simulation } from '../../src-main/env/simulated'
import { simulatedEnv } from '../../src-main/env/simulated'
import { openPreferences } from '../../src-main/sandbox/preferences'
import { createRawEngineRegistry } from '../../src-main/sandbox/raw-engine-registry'
import type { RawEngineEntry } from '../../src-main/sandbox/raw-engine-registry'
import type { Sandbox } from '../../src-main/sandbox/sandbox'
import { absentPart } from '../../src-main/sandbox/session/absent-parts'
import { openWorkspace } from '../../src-main/sandbox/workspace'

/** A sandbox on a simulated machine, whose clock stands still until a test moves it. */
export interface TestSandbox {
  readonly sandbox: Sandbox
  readonly simulation: Simulation
  readonly env: Env
}

const memoryOnly: readonly RawEngineEntry[] = [
  { name: 'memory', package: null, version: '1.2.3', load: () => Promise.resolve() },
]

export async function openTestSandbox(entries: readonly RawEngineEntry[] = memoryOnly): Promise<TestSandbox> {
  const simulation = simulatedEnv({ seed: 7 })
  const env = simulation.addNode('host').env
  await env.disk.makeDirectory('/home/settings')
  const workspace = await openWorkspace(env.disk, '/home/workspace')
  const sandbox: Sandbox = {
    env,
    host: 'headless',
    runtime: {
      versions: { electron: null, chromium: null, node: '20.0.0', v8: '11.0' },
      operatingSystem: 'linux',
      architecture: 'x64',
    },
    workspace,
    engines: createRawEngineRegistry(entries),
    preferences: await openPreferences(env.disk, '/home/settings/preferences.json'),
    session: absentPart(),
    views: {
      inspection: absentPart(),
      tables: absentPart(),
      keyspace: absentPart(),
      metrics: absentPart(),
      overviewWatch: absentPart(),
    },
    close: () => workspace.close(),
  }
  return { sandbox, simulation, env }
}
