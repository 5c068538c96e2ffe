import { isAbsolute, resolve } from 'node:path'
import type { SerializedSandboxError } from '../../base/sandbox-error'
import { SandboxError } from '../../base/sandbox-error'
import type { ClusterClient } from '../../client/cluster-client'
import type { Clock, Disk } from '../../env'
import type { ClusterEvent, ClusterProgress } from '../cluster/cluster-events'
import type { ClusterHost } from '../cluster/cluster-host'
import type { ClusterOptions } from '../cluster/cluster-options'
import type { NodeMountKind } from '../node/node-mount'
import type { ClusterSession, RunningCluster } from './cluster-session'
import type { RecentWorkspaces } from './recent-workspaces'
import { workspaceName } from './recent-workspaces'
import type { OpenRequest, RecentWorkspace, SessionView, SessionWarning, WorkspaceReference } from './session-view'
import { watchWorkspace } from './workspace-watch'

/** What a session makes clusters of; tests put others in their place. */
export interface SessionParts {
  readonly clock: Clock
  /** Where workspaces lie. */
  readonly disk: Disk
  readonly mount: NodeMountKind
  readonly recents: RecentWorkspaces
  openHost(options: Omit<ClusterOptions, 'env' | 'entries'>): Promise<ClusterHost>
  /** @param coordinators `host:port` of each */
  connect(coordinators: readonly string[]): ClusterClient
  /** Nodes wait for this before they start: what is more urgent for the person then has the processor. */
  readonly startsAfter?: Promise<void> | undefined
  /** A folder for a sandbox of its own that is not there yet, absolute, in the system's own notation. */
  newDirectory(): Promise<string>
}

/** One cluster from the wish to open it to its end. */
interface Life {
  phase: Exclude<SessionView['phase'], 'closed'>
  workspace: WorkspaceReference | undefined
  host: ClusterHost | undefined
  client: ClusterClient | undefined
  progress: ClusterProgress | undefined
  readyMs: number | undefined
  warnings: readonly SessionWarning[]
  /** Resolves, never rejects, when the attempt to take the workspace is over. */
  readonly opened: Promise<void>
  ending: Promise<void> | undefined
  /** Ends the look after the folder. */
  stopWatching: (() => void) | undefined
}

const MOST_WARNINGS = 100

/**
 * The session of a program that hosts its cluster itself. The one owner of {@link ClusterHost} and {@link ClusterClient}:
 * each of its lives has its own, and what comes back from an earlier life changes nothing.
 */
export class HostedSession implements ClusterSession {
  readonly #parts: SessionParts
  readonly #listeners = new Set<(view: SessionView) => void>()
  #life: Life | undefined
  /** Why the last life ended, if nobody asked for it. */
  #error: SerializedSandboxError | undefined
  /** What there was to warn of while nothing was open: told with the next life. */
  #untold: readonly SessionWarning[] = []
  #view: SessionView

  constructor(parts: SessionParts) {
    this.#parts = parts
    this.#view = this.#look()
  }

  get view(): SessionView {
    return this.#view
  }

  onChange(listener: (view: SessionView) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  running(): RunningCluster {
    const life = this.#life
    if (life?.phase === 'running' && life.host !== undefined && life.client !== undefined) {
      return { host: life.host, client: life.client }
    }
    throw new SandboxError('SESSION_NOT_RUNNING', notRunning[life?.phase ?? 'closed'])
  }

  async open(request: OpenRequest): Promise<void> {
    const before = this.#life
    if (before !== undefined) throw busy(before)
    const { promise: opened, resolve: isOpened } = deferred()
    const life: Life = {
      phase: 'starting',
      workspace: undefined,
      host: undefined,
      client: undefined,
      progress: undefined,
      readyMs: undefined,
      warnings: this.#untold,
      opened,
      ending: undefined,
      stopWatching: undefined,
    }
    this.#life = life
    this.#untold = []
    this.#error = undefined
    this.#changed()
    try {
      const host = await this.#openHost(life, request)
      host.subscribe((event) => {
        this.#hear(life, event)
      })
      // Its failure ends the life, and is told by the view.
      void this.#start(life, host)
    } catch (thrown) {
      // Whoever closes it waits for this moment and does the rest.
      if (life.ending === undefined) this.#end(SandboxError.from(thrown))
      throw thrown
    } finally {
      isOpened()
    }
    await this.#remember(life)
  }

  close(): Promise<void> {
    const life = this.#life
    if (life !== undefined) return this.#close(life, undefined)
    if (this.#error !== undefined) {
      // The person has read why it ended.
      this.#error = undefined
      this.#changed()
    }
    return Promise.resolve()
  }

  recent(): Promise<readonly RecentWorkspace[]> {
    return this.#parts.recents.list(this.#life?.workspace?.directory)
  }

  forget(directory: string): Promise<void> {
    return this.#parts.recents.forget(directory)
  }

  /** Adds what is worth knowing and hinders nothing: to the cluster that is open, else to the next one. */
  warn(error: SandboxError): void {
    const warning = error.serialize()
    if (this.#life !== undefined) this.#addWarning(this.#life, undefined, warning)
    else this.#untold = this.#withWarning(this.#untold, undefined, warning)
  }

  /** Takes the workspace. @throws what ClusterHost.open throws, CANCELLED if it is closed meanwhile */
  async #openHost(life: Life, { where, topology, engine, basePort }: OpenRequest): Promise<ClusterHost> {
    const directory = await this.#directoryOf(where)
    life.workspace = { directory, name: directory === undefined ? undefined : workspaceName(directory) }
    this.#changed()
    this.#checkWanted(life)
    const host = await this.#parts.openHost({ directory, topology, engine, basePort, mount: this.#parts.mount })
    // From here on whoever closes the life closes the host with it.
    life.host = host
    this.#checkWanted(life)
    if (directory !== undefined) life.stopWatching = this.#watch(life, directory)
    this.#changed()
    return host
  }

  #watch(life: Life, directory: string): () => void {
    return watchWorkspace(this.#parts, directory, (error) => {
      // A failure to close is told by the view, too, and the reason for closing stands before it.
      this.#close(life, error).catch(() => undefined)
    })
  }

  async #directoryOf(where: OpenRequest['where']): Promise<string | undefined> {
    switch (where.kind) {
      case 'directory':
        // A relative one is refused where it is opened; two spellings of one folder are made one here.
        return isAbsolute(where.directory) ? resolve(where.directory) : where.directory
      case 'new':
        return this.#parts.newDirectory()
      case 'ephemeral':
        return undefined
    }
  }

  /** Brings the cluster up; never rejects. */
  async #start(life: Life, host: ClusterHost): Promise<void> {
    try {
      await this.#parts.startsAfter
      if (life.ending !== undefined) return
      const { readyMs } = await host.start()
      if (life.ending !== undefined) return
      life.client = this.#parts.connect(host.addresses().coordinators)
      life.readyMs = readyMs
      life.phase = 'running'
      this.#changed()
    } catch (thrown) {
      if (life.ending !== undefined) return
      // A failure to close is told by the view, too, and the reason for closing stands before it.
      await this.#close(life, SandboxError.from(thrown)).catch(() => undefined)
    }
  }

  /** @param error why, if nobody asked for it */
  #close(life: Life, error: SandboxError | undefined): Promise<void> {
    if (life.ending === undefined) {
      life.phase = 'closing'
      life.stopWatching?.()
      life.ending = this.#closeParts(life, error)
      this.#error = error?.serialize()
      this.#changed()
    }
    return life.ending
  }

  async #closeParts(life: Life, error: SandboxError | undefined): Promise<void> {
    let failure = error
    try {
      await life.opened
      try {
        await life.client?.close()
      } finally {
        await life.host?.close()
      }
    } catch (thrown) {
      failure ??= SandboxError.from(thrown)
      throw thrown
    } finally {
      this.#end(failure)
    }
  }

  #end(error: SandboxError | undefined): void {
    this.#life = undefined
    this.#error = error?.serialize()
    this.#changed()
  }

  #checkWanted(life: Life): void {
    if (life.ending !== undefined) {
      throw new SandboxError('CANCELLED', 'The sandbox was closed before it was open.')
    }
  }

  /** The list of recent workspaces is a convenience: what goes wrong with it is a warning. */
  async #remember({ workspace, host }: Life): Promise<void> {
    if (workspace?.directory === undefined || host === undefined) return
    const { topology, engine } = host
    try {
      const lastOpenedAtMs = Math.floor(this.#parts.clock.wallTimeMs())
      await this.#parts.recents.remember({ directory: workspace.directory, lastOpenedAtMs, ...topology, engine })
    } catch (thrown) {
      this.warn(SandboxError.from(thrown))
    }
  }

  #hear(life: Life, event: ClusterEvent): void {
    switch (event.kind) {
      case 'progress':
        life.progress = event.progress
        break
      case 'warning':
        this.#addWarning(life, event.nodeId, event.warning)
        return
      case 'node':
      case 'links':
    }
    this.#changed()
  }

  #addWarning(life: Life, nodeId: number | undefined, warning: SerializedSandboxError): void {
    life.warnings = this.#withWarning(life.warnings, nodeId, warning)
    this.#changed()
  }

  #withWarning(
    before: readonly SessionWarning[],
    nodeId: number | undefined,
    warning: SerializedSandboxError,
  ): readonly SessionWarning[] {
    return [...before.slice(1 - MOST_WARNINGS), { atMs: this.#parts.clock.wallTimeMs(), nodeId, warning }]
  }

  #changed(): void {
    this.#view = this.#look()
    for (const listener of this.#listeners) listener(this.#view)
  }

  #look(): SessionView {
    const life = this.#life
    const isRunning = life?.phase === 'running'
    const { mount } = this.#parts
    return {
      phase: life?.phase ?? 'closed',
      workspace: life?.workspace,
      topology: life?.host?.topology,
      engine: life?.host?.engine,
      mount: life?.host === undefined ? undefined : mount,
      clusterId: life?.host?.clusterId,
      progress: life?.progress,
      readyMs: life?.readyMs,
      nodes: life?.host?.nodes() ?? [],
      cutLinks: life?.host?.cutLinks ?? [],
      delayedLinks: life?.host?.delayedLinks ?? [],
      warnings: life?.warnings ?? [],
      capabilities: { control: isRunning, pause: isRunning, write: isRunning },
      error: this.#error,
    }
  }
}

const notRunning: Readonly<Record<SessionView['phase'], string>> = {
  closed: 'No sandbox is open: open one first.',
  starting: 'The sandbox is still starting: try again when it is ready.',
  running: 'The sandbox is running.',
  closing: 'The sandbox is closing: open one first.',
}

function busy({ phase, workspace }: Life): SandboxError {
  const name = workspace?.name === undefined ? 'A sandbox' : `The sandbox ${workspace.name}`
  const message =
    phase === 'closing'
      ? `${name} is still closing: open the other one when it is closed.`
      : `${name} is open in this program: close it before you open another.`
  return new SandboxError('SESSION_BUSY', message, { details: { directory: workspace?.directory ?? null, phase } })
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let settle: () => void = () => undefined
  const promise = new Promise<void>((resolvePromise) => (settle = resolvePromise))
  return { promise, resolve: settle }
}
