import type { ClusterClient } from '../../../src-main/client/cluster-client'
import type { ClusterOptions } from '../../../src-main/sandbox/cluster/cluster-options'
import { HostedSession } from '../../../src-main/sandbox/session/hosted-session'
import { newWorkspaceDirectory } from '../../../src-main/sandbox/session/new-workspace-directory'
import { RecentWorkspaces } from '../../../src-main/sandbox/session/recent-workspaces'
import type { OpenRequest, SessionView } from '../../../src-main/sandbox/session/session-view'
import type { SandboxError } from '../../../src-main/base/sandbox-error'
import { FakeCluster } from '../cluster/fake-cluster'

/** A session over a cluster whose nodes do what the test says. */
export class SessionWorld {
  /** Lets nodes start; called at once, unless the test holds them up. */
  letStart: () => void = () => undefined
  readonly cluster = new FakeCluster()
  readonly damages: SandboxError[] = []
  readonly clientsClosed: string[] = []
  /** What taking a workspace waits for. */
  opening: Promise<unknown> = Promise.resolve()
  readonly recents = new RecentWorkspaces(this.cluster.env.disk, '/recent.json', (error) => this.damages.push(error))
  readonly session = new HostedSession({
    clock: this.cluster.clock,
    disk: this.cluster.env.disk,
    mount: 'inline',
    startsAfter: new Promise((resolve) => (this.letStart = resolve)),
    recents: this.recents,
    openHost: async (options: Partial<ClusterOptions>) => {
      await this.opening
      return this.cluster.open(options)
    },
    connect: (coordinators) => this.#client(coordinators),
    newDirectory: () => newWorkspaceDirectory(this.cluster.env.disk, '/sandboxes'),
  })
  readonly views: SessionView[] = []

  /** @param holdsUp nodes do not start before {@link letStart} is called */
  constructor({ holdsUp = false }: { readonly holdsUp?: boolean } = {}) {
    if (!holdsUp) this.letStart()
    this.session.onChange((view) => this.views.push(view))
  }

  get phases(): readonly string[] {
    return this.views.map(({ phase }) => phase).filter((phase, at, all) => phase !== all[at - 1])
  }

  open(directory: string, rest: Partial<OpenRequest> = {}): Promise<void> {
    const request: OpenRequest = { where: { kind: 'directory', directory }, topology: undefined, engine: undefined }
    return this.cluster.run(this.session.open({ ...request, ...rest }))
  }

  async until(phase: SessionView['phase']): Promise<void> {
    await this.cluster.clock.runUntil(() => this.session.view.phase === phase, { timeMs: 60_000 })
  }

  #client(coordinators: readonly string[]): ClusterClient {
    const close = () => {
      this.clientsClosed.push(coordinators.join())
      return Promise.resolve()
    }
    // Nothing else of it is asked for here.
    return { close } as unknown as ClusterClient
  }
}

export const directoryRequest = (directory: string): OpenRequest => ({
  where: { kind: 'directory', directory },
  topology: undefined,
  engine: undefined,
})
