import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, watch } from 'node:fs'
import { join } from 'node:path'
import type { LaunchContext } from './launch-context'
import { headlessCommand } from './launch-headless'
import { buildWhenStale } from './start/project-build.mjs'

/** Editors write several files at once, and some write each of them twice. */
const QUIET_MS = 150

const WATCHED = ['src-main', 'src-renderer', 'proto', 'resources', 'electron.vite.config.ts']

export interface DevelopmentParts {
  /** Reports changes of the sources until the returned function is called. */
  readonly watchSources: (context: LaunchContext, onChange: () => void) => () => void
  /** Brings `out/` up to date, and tells whether it had to. Throws an error with a `sentence` if that fails. */
  readonly build: (context: LaunchContext) => Promise<boolean>
}

const realParts: DevelopmentParts = {
  watchSources,
  build: (context) => buildWhenStale(context.projectDir, { say: context.say }),
}

/**
 * Development without a window: after every change of the sources the program is built again and the headless host
 * restarted; the page in the browser is reloaded by hand. A build that fails leaves the last good one running.
 *
 * @returns the exit status, once this process is asked to end
 */
export async function developInBrowser(
  context: LaunchContext,
  args: readonly string[],
  parts: DevelopmentParts = realParts,
): Promise<number> {
  const events = new ChangeEvents()
  const stopListening = context.onSignal(() => {
    events.end()
  })
  const stopWatching = parts.watchSources(context, () => {
    events.change()
  })
  let host = startHost(context, args)
  try {
    while (await events.next()) {
      if (!(await rebuild(context, parts))) continue
      await stopHost(host)
      host = startHost(context, args)
      context.say('The host was restarted: reload the page.')
    }
    return 0
  } finally {
    stopWatching()
    await stopHost(host)
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
    context.say(`${sentence} The last good build keeps running.`)
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

async function stopHost(host: ChildProcess): Promise<void> {
  if (host.pid === undefined || host.exitCode !== null || host.signalCode !== null) return
  const exit = once(host, 'exit')
  host.kill('SIGTERM')
  await exit
}

/** Turns bursts of changes into single events, and keeps one that comes while nobody waits. */
class ChangeEvents {
  #hasChange = false
  #hasEnded = false
  #wake: (() => void) | null = null
  #timer: NodeJS.Timeout | null = null

  change(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => {
      this.#hasChange = true
      this.#wake?.()
    }, QUIET_MS)
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#hasEnded = true
    this.#wake?.()
  }

  /** Resolves to true at the next change and to false at the end. */
  async next(): Promise<boolean> {
    if (!this.#hasChange && !this.#hasEnded) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    this.#hasChange = false
    return !this.#hasEnded
  }
}

function watchSources({ projectDir }: LaunchContext, onChange: () => void): () => void {
  const watchers = WATCHED.map((path) => join(projectDir, path))
    .filter((path) => existsSync(path))
    .map((path) => watch(path, { recursive: true }, onChange))
  return () => {
    for (const watcher of watchers) watcher.close()
  }
}
