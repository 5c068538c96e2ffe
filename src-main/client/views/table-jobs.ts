import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { ClusterClient } from '../cluster-client'
import type { JobDescription } from './job-progress'
import { JobProgress } from './job-progress'
import type { TableJob } from './tables'

/** How long a job is known after its end, and how many are at most. */
const KEPT_FOR_MS = 600_000
const MOST_JOBS = 50

/** The creations and drops of tables: each goes on by itself, and is told step by step. */
export class TableJobs {
  readonly #clock: Clock
  readonly #listeners = new Set<(job: TableJob) => void>()
  /** The oldest first. */
  #jobs: JobProgress[] = []
  #count = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Begins a job. @param work resolves when it is done; what it throws ends the job */
  begin(description: Omit<JobDescription, 'jobId'>, work: (progress: JobProgress) => Promise<void>): TableJob {
    // A host that was started anew counts from 1 again: the time keeps its jobs apart from those that pages know.
    const jobId = `${String(Math.floor(this.#clock.wallTimeMs()))}-${String(++this.#count)}`
    const progress = new JobProgress({ ...description, jobId }, this.#clock, (job) => {
      for (const listener of [...this.#listeners]) listener(job)
    })
    this.#jobs.push(progress)
    this.#forgetOld()
    void work(progress).then(
      () => {
        progress.done()
      },
      (thrown: unknown) => {
        progress.fail(thrown)
      },
    )
    return progress.job
  }

  /** The jobs of a cluster, the newest first. */
  of(client: ClusterClient): TableJob[] {
    this.#forgetOld()
    return this.#jobs
      .filter((progress) => progress.client === client)
      .map((progress) => progress.job)
      .reverse()
  }

  /** Lets go of those that have ended, and of the client of each: their cluster is closed. */
  forgetEnded(): void {
    this.#jobs = this.#jobs.filter(({ isRunning }) => isRunning)
  }

  /** @throws SandboxError CLIENT_NOT_FOUND */
  giveUp(jobId: string): void {
    const progress = this.#jobs.find(({ job }) => job.jobId === jobId)
    if (progress !== undefined) {
      progress.giveUp()
      return
    }
    const message = `There is no job ${jobId}: a job is known for ten minutes after its end.`
    throw new SandboxError('CLIENT_NOT_FOUND', message, { details: { jobId } })
  }

  /** Calls back at every step of a job. @returns stops it */
  onJob(listener: (job: TableJob) => void): () => void {
    // A function of its own, so that one who listens twice can stop one of them.
    const own = (job: TableJob): void => {
      listener(job)
    }
    this.#listeners.add(own)
    return () => {
      this.#listeners.delete(own)
    }
  }

  #forgetOld(): void {
    const nowMs = this.#clock.monotonicMs()
    this.#jobs = this.#jobs.filter(({ endedAtMs }) => endedAtMs === undefined || nowMs - endedAtMs < KEPT_FOR_MS)
    while (this.#jobs.length > MOST_JOBS) {
      const ended = this.#jobs.findIndex(({ isRunning }) => !isRunning)
      const [oldest] = this.#jobs.splice(Math.max(0, ended), 1)
      oldest?.giveUp()
    }
  }
}
