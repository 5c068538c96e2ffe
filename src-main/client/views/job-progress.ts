import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { ClusterClient } from '../cluster-client'
import type { TableJob } from './tables'

/** What is fixed of a job from its beginning. */
export interface JobDescription extends Pick<TableJob, 'jobId' | 'kind' | 'schema' | 'table' | 'total'> {
  readonly tableId: number | undefined
  /** The cluster that it is done in, which need not be the one that is open later. */
  readonly client: ClusterClient
}

/** What changes of a job while it runs. */
type JobStep = Partial<Pick<TableJob, 'tableId' | 'regions' | 'ready' | 'error'>>

/** Ms after which a running job is told again though nothing happened: its time goes on. */
const TELL_EVERY_MS = 1_000

/** One job from its beginning to its end, and who wants to know of its steps. */
export class JobProgress {
  readonly client: ClusterClient
  readonly #clock: Clock
  readonly #startedAtMs: number
  readonly #onStep: (job: TableJob) => void
  readonly #givingUp = new AbortController()
  #job: TableJob
  #toldAtMs: number
  #endedAtMs: number | undefined

  constructor({ client, ...description }: JobDescription, clock: Clock, onStep: (job: TableJob) => void) {
    this.client = client
    this.#clock = clock
    this.#onStep = onStep
    this.#startedAtMs = clock.monotonicMs()
    this.#toldAtMs = this.#startedAtMs
    this.#job = {
      ...description,
      state: 'running',
      startedAtMs: clock.wallTimeMs(),
      elapsedMs: 0,
      regions: [],
      ready: 0,
      error: undefined,
    }
  }

  get job(): TableJob {
    return { ...this.#job, elapsedMs: (this.#endedAtMs ?? this.#clock.monotonicMs()) - this.#startedAtMs }
  }

  get isRunning(): boolean {
    return this.#job.state === 'running'
  }

  /** Monotonic ms; undefined while it runs. */
  get endedAtMs(): number | undefined {
    return this.#endedAtMs
  }

  /** Ends what the job waits for, when it is given up. */
  get signal(): AbortSignal {
    return this.#givingUp.signal
  }

  /** Notes how far it is. What comes after its end is passed over. */
  step(step: JobStep): void {
    if (!this.isRunning) return
    const next = { ...this.#job, ...step }
    const isDue = this.#clock.monotonicMs() - this.#toldAtMs >= TELL_EVERY_MS
    const isNews = fingerprint(next) !== fingerprint(this.#job)
    this.#job = next
    if (isNews || isDue) this.#tell()
  }

  done(): void {
    this.#end('done', undefined)
  }

  /** It ends by what was thrown: by the end of its cluster's session, it is only not waited for any more. */
  fail(thrown: unknown): void {
    if (!SandboxError.is(thrown, 'CLIENT_CLOSED')) {
      this.#end('failed', SandboxError.from(thrown))
      return
    }
    const what = this.#job.kind === 'create' ? 'created' : 'dropped'
    const message = `The cluster was closed while the table ${this.#job.table} was being ${what}: it goes on with that when it is opened again.`
    this.#end('given-up', new SandboxError('CLIENT_CLOSED', message, { cause: thrown }))
  }

  /** Waits no longer; the cluster goes on. Harmless at the end. */
  giveUp(): void {
    this.#end('given-up', undefined)
    this.#givingUp.abort()
  }

  #end(state: Exclude<TableJob['state'], 'running'>, error: SandboxError | undefined): void {
    if (!this.isRunning) return
    this.#endedAtMs = this.#clock.monotonicMs()
    this.#job = { ...this.#job, state, error: error?.serialize() }
    this.#tell()
  }

  #tell(): void {
    this.#toldAtMs = this.#clock.monotonicMs()
    this.#onStep(this.job)
  }
}

/** Details of errors may hold bigints, which JSON has no form for. */
const fingerprint = (job: TableJob): string =>
  JSON.stringify(job, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))
