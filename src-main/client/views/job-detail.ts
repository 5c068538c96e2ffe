/** One command of a job: what one store has to do to one region. Texts as DingoDB words them. */
export interface JobCommandView {
  readonly commandId: number
  /** `CMD_CREATE`. */
  readonly type: string
  readonly regionId: number
  readonly storeId: number
  /** `STATUS_DONE`. */
  readonly status: string
  /** What the store said when it failed. */
  readonly error: string | undefined
}

/** Everything that is known of one job of the coordinators. */
export interface JobDetail {
  readonly jobId: number
  /** What it is for: `CreateRegion`. */
  readonly name: string
  /** `RUNNING`, or how it ended. */
  readonly status: string
  readonly isFinished: boolean
  /** Wall times in ms; undefined for what has not happened, or is written in a form that this version does not know. */
  readonly createdAtMs: number | undefined
  readonly updatedAtMs: number | undefined
  readonly finishedAtMs: number | undefined
  /** The position of the task that it is at; undefined when it has ended. */
  readonly currentTask: number | undefined
  /** One after the other: a task begins when all commands of the one before are done. */
  readonly tasks: ReadonlyArray<{ readonly commands: readonly JobCommandView[] }>
  /** That its commands are for, ascending. */
  readonly regionIds: readonly number[]
  /** Of the first command that failed. */
  readonly lastError: string | undefined
}
