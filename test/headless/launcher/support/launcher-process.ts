import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { onTestFinished } from 'vitest'
import { build } from 'vite'
import type { FakeProject, FakeRegistry } from './fake-project'

interface Line {
  readonly said?: string
  readonly found?: { readonly path: string }
  readonly missing?: string
}

/** A real process that looks for the carried runtime. */
export interface LauncherProcess {
  readonly child: ChildProcess
  /** Resolves once the process has said a sentence that contains the text. */
  readonly untilSaid: (text: string) => Promise<void>
  /** Resolves with the path that it found, or the reason that it found none. */
  readonly outcome: Promise<string>
}

/** Bundles the process once, into the directory of the project, which goes away with the test. */
export async function bundleLauncherProcess(project: FakeProject): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'find-carried.ts'),
      outDir: join(project.root, 'bundle'),
      target: 'node20',
      rolldownOptions: { output: { entryFileNames: 'find-carried.mjs' } },
    },
  })
  return join(project.root, 'bundle/find-carried.mjs')
}

export function startLauncherProcess(script: string, project: FakeProject, registry: FakeRegistry): LauncherProcess {
  const request = JSON.stringify({ projectDir: project.projectDir, carried: registry.carried })
  const env = { ...process.env, ...registry.env, DINGO_SANDBOX_CACHE_DIR: project.cacheDir }
  // A process group of its own, so that the end of the test ends its children too.
  const child = spawn(process.execPath, [script, request], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  })
  onTestFinished(() => {
    killGroup(child)
  })
  const lines: Line[] = []
  const listeners = new Set<() => void>()
  createInterface({ input: child.stdout }).on('line', (text) => {
    lines.push(JSON.parse(text) as Line)
    for (const listener of listeners) listener()
  })
  const untilSaid = (text: string): Promise<void> =>
    new Promise((resolve) => {
      const look = (): void => {
        if (lines.some(({ said }) => said?.includes(text))) resolve()
      }
      listeners.add(look)
      look()
    })
  const outcome = once(child, 'close').then(() => {
    const last = lines.at(-1)
    return last?.found?.path ?? last?.missing ?? 'it printed nothing'
  })
  return { child, untilSaid, outcome }
}

/** Ends a process and its children as a power cut would. */
export function killGroup({ pid, exitCode, signalCode }: ChildProcess): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return
  process.kill(-pid, 'SIGKILL')
}
