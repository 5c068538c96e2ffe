import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { ChangeQueue } from './change-queue'
import type { LaunchContext } from './launch-context'
import { headlessCommand } from './launch-headless'
import { buildWhenStale } from './start/project-build.mjs'
import { BUILD_INPUTS, sourceFingerprint } from './start/source-fingerprint.mjs'

/** The sources of the pages: the host serves what was built from them without being restarted. */
const PAGES = 'src-renderer'
const LOOK_EVERY_MS = 500

export interface DevelopmentParts {
  /** Reports in which of the build inputs something changed, until the returned function is called. */
  readonly watchSources: (context: LaunchContext, onChange: (place: string) => void) => () => void
  /** Brings `out/` up to date, and tells whether it had to. Throws an error with a `sentence` if that fails. */
  readonly build: (context: LaunchContext) => Promise<boolean>
}

const realParts: DevelopmentParts = {
  watchSources,
  build: (context) => buildWhenStale(context.projectDir, { say: context.say }),
}

/**
 * Development without a window: after every change of the sources the program is built again, and the headless host
 * restarted if it was concerned. The browser is told by hand. A build that fails leaves the last good one running.
 *
 * @returns the exit status, once this process is asked to end
 */
export async function developInBrowser(
  context: LaunchContext,
  args: readonly string[],
  parts: DevelopmentParts = realParts,
): Promise<number> {
  const changes = new ChangeQueue<string>()
  let hostWasSignalled = false
  const stopListening = context.onSignal((_signal, reachedChildren) => {
    hostWasSignalled = reachedChildren
    changes.end()
  })
  const stopWatching = parts.watchSources(context, (place) => {
    changes.add(place)
  })
  let host = startHost(context, args)
  try {
    for (let places = await changes.next(); places !== null; places = await changes.next()) {
      if (!(await rebuild(context, parts))) continue
      if ([...places].every((place) => place === PAGES)) {
        context.say('The pages were built again: reload them.')
      } else {
        await stopHost(host)
        host = startHost(context, args)
        context.say('The host is restarted: open the address that it prints.')
      }
    }
    return 0
  } finally {
    stopWatching()
    await stopHost(host, hostWasSignalled)
    stopListening()
  }
}

/** @returns whether there is something new to run */
async function rebuild(context: LaunchContext, parts: DevelopmentParts): Promise<boolean> {
  try {
    return await parts.build(context)
  } catch (error) {
    const sentence = (error as { sentence?: string }).sentence
    if (sentence === undefined) throw error
    context.say(`${sentence}\nThe last good build keeps running.`)
    return false
  }
}

function startHost(context: LaunchContext, args: readonly string[]): ChildProcess {
  const program = headlessCommand(context, args)
  const host = context.spawn(program.command, program.args, { env: { ...context.env }, stdio: 'inherit' })
  host.once('error', (error) => {
    context.say(`The host did not start: ${error.message}`)
  })
  host.once('exit', (code) => {
    // When this process stopped it, the code is null or zero.
    if (code) context.say(`The host ended with status ${String(code)}. It is started again after the next change.`)
  })
  return host
}

async function stopHost(host: ChildProcess, wasSignalled = false): Promise<void> {
  if (host.pid === undefined || host.exitCode !== null || host.signalCode !== null) return
  const exit = once(host, 'exit')
  if (!wasSignalled) host.kill('SIGTERM')
  await exit
}

/**
 * Looks at the sources twice a second. Node's own recursive watch loses files on Linux that an editor replaces instead
 * of writing to, and looking takes a few milliseconds.
 */
function watchSources({ projectDir }: LaunchContext, onChange: (place: string) => void): () => void {
  const look = (place: string): string => sourceFingerprint(projectDir, [place])
  const seen = new Map(BUILD_INPUTS.map((place) => [place, look(place)]))
  const poll = setInterval(() => {
    for (const [place, before] of seen) {
      const now = look(place)
      if (now === before) continue
      seen.set(place, now)
      onChange(place)
    }
  }, LOOK_EVERY_MS)
  return () => {
    clearInterval(poll)
  }
}
