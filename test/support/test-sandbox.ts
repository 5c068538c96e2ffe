import type { Env } from '../../src-main/env'
import type { Simulation } from '../../src-main/env/simulated'
import { simulatedEnv } from '../../src-main/env/simulated'
import { openPreferences } from '../../src-main/sandbox/preferences'
import { createRawEngineRegistry } from '../../src-main/sandbox/raw-engine-registry'
import type { RawEngineEntry } from '../../src-main/sandbox/raw-engine-registry'
import type { Sandbox } from '../../src-main/sandbox/sandbox'
import type { ClusterSession } from '../../src-main/sandbox/session/cluster-session'
import type { Lessons } from '../../src-main/sandbox/lessons/lesson-desk'
import type { SteppingControl } from '../../src-main/sandbox/stepping/stepping-control'
import { absentPart } from './absent-part'
import { closedSession } from './closed-session'

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
  const sandbox: Sandbox = {
    env,
    host: 'headless',
    runtime: {
      versions: { electron: null, chromium: null, node: '20.0.0', v8: '11.0' },
      operatingSystem: 'linux',
      architecture: 'x64',
    },
    engines: createRawEngineRegistry(entries),
    preferences: await openPreferences(env.disk, '/home/settings/preferences.json'),
    log: { directory: '/home/settings/logs', write: () => undefined, close: () => Promise.resolve() },
    session: absentPart<ClusterSession>({
      view: { ...closedSession, workspace: { directory: '/home/workspace', name: 'workspace' } },
    }),
    views: {
      inspection: absentPart(),
      tables: absentPart(),
      keyspace: absentPart(),
      metrics: absentPart(),
      overviewWatch: absentPart(),
    },
    stepping: absentPart<SteppingControl>({ watch: () => () => undefined }),
    lessons: absentPart<Lessons>({ progress: undefined }),
    close: () => Promise.resolve(),
  }
  return { sandbox, simulation, env }
}
