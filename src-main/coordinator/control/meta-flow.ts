import type { DescMethodUnary, MessageShape } from '@bufbuild/protobuf'
import { toBinary } from '@bufbuild/protobuf'
import type { FlowProbe, RequestTrace } from '../../flow/flow-probe'
import { passStage } from '../../flow/pass-stage'
import { bytesDatum, jsonDatum } from '../../flow/stage-data'
import type { OperationName } from '../../flow/stages'
import type { CallContext } from '../../rpc/call'
import type { CoordinatorStage, CoordinatorStageName } from '../coordinator-stage'
import { MetaDraft } from '../meta/meta-draft'
import { jobs } from '../meta/meta-table'
import type { ControlContext } from '../model/control-context'
import { allCommands } from '../model/jobs'
import { causes } from '../stage-causes'
import type { MetaControl } from './meta-control'

/** So many jobs stay followed; older ones go on unseen. */
const MOST_JOBS = 256

/** A call that changes metadata. */
export interface MetaCall<Method extends DescMethodUnary> {
  readonly operation: OperationName
  readonly method: Method
  readonly request: MessageShape<Method['input']>
  readonly call: CallContext
}

/** Plans a change; see ControlFunction. */
type Plan<Answer> = (draft: MetaDraft, context: ControlContext) => Answer

/** The coordinators' part of following operations: the stages of changes of the metadata, and which jobs carry them out. */
export class MetaFlow {
  readonly #probe: FlowProbe
  readonly #jobs = new Map<number, RequestTrace>()

  constructor(probe: FlowProbe) {
    this.#probe = probe
  }

  /** The trace of a job; undefined for those that nobody follows. */
  traceOf(jobId: bigint): RequestTrace | undefined {
    return this.#jobs.size === 0 ? undefined : this.#jobs.get(Number(jobId))
  }

  /** Changes metadata as `control.run` does, in stages if somebody follows the call. @throws as MetaControl.run */
  async run<Method extends DescMethodUnary, Answer>(
    { control, context }: { readonly control: MetaControl; readonly context: ControlContext },
    asked: MetaCall<Method>,
    plan: Plan<Answer>,
  ): Promise<Answer> {
    const { operation, call } = asked
    const { traceId } = call
    const mark = traceId === undefined ? undefined : { traceId }
    const isAsked = mark !== undefined || this.#probe.isOn
    const trace = isAsked ? this.#probe.begin({ operation, regionId: undefined, key: undefined, mark }) : undefined
    const answer = await (trace === undefined
      ? control.run((draft) => plan(draft, context))
      : this.#runInStages(trace, control, context, asked, plan))
    context.onStage({ name: 'coordinator.commitMeta', data: answer })
    return answer
  }

  /**
   * The leader plans and commits in one step, which cannot be stopped in between. So a followed call is planned beforehand, on
   * what is applied, to be looked at; then the same is done in its turn.
   */
  async #runInStages<Method extends DescMethodUnary, Answer>(
    trace: RequestTrace,
    control: MetaControl,
    context: ControlContext,
    { operation, method, request }: MetaCall<Method>,
    plan: Plan<Answer>,
  ): Promise<Answer> {
    const stages: CoordinatorStage[] = []
    const rehearsal: ControlContext = { ...context, onStage: (stage) => stages.push(stage) }
    const validate: CoordinatorStageName = operation.startsWith('Drop')
      ? 'coordinator.validateDrop'
      : 'coordinator.validateTable'
    const describe = () => ({
      before: [bytesDatum('request', method.input.typeName, toBinary(method.input, request))],
      cause: causes.validate(method.name),
    })
    await passStage(
      trace,
      validate,
      describe,
      () => plan(new MetaDraft(control.state), rehearsal),
      () => ({
        after: dataOf(stages, validate),
      }),
    ).catch(() => {
      // What it is refused with counts only when it is confirmed by the turn that the call has among others.
    })
    if (stages.some(({ name }) => name === 'coordinator.planRegions')) {
      const planned = dataOf(stages, 'coordinator.planRegions')
      await passStage(
        trace,
        'coordinator.planRegions',
        () => ({ before: [], after: planned, cause: causes.plan() }),
        () => undefined,
      )
    }
    // The trace ends when all of them are carried out (flow/controller/trace-end.ts).
    let commands = 0
    return passStage(
      trace,
      'coordinator.commitMeta',
      () => ({ before: [], cause: causes.commit() }),
      () =>
        control.run((draft) => {
          const before = new Set(draft.list(jobs).map(({ id }) => id))
          const answer = plan(draft, context)
          const planned = draft.list(jobs).filter(({ id }) => !before.has(id))
          for (const { id } of planned) this.#follow(Number(id), trace)
          const followed = planned.filter(({ id }) => this.traceOf(id) === trace)
          commands = followed.reduce((count, job) => count + allCommands(job).length, 0)
          return answer
        }),
      (answer) => ({
        after: [jsonDatum('answer', 'meta', answer)],
        cause: { ...causes.commit(), parameters: { commands } },
      }),
    )
  }

  #follow(jobId: number, trace: RequestTrace): void {
    this.#jobs.set(jobId, trace)
    for (const oldest of this.#jobs.keys()) {
      if (this.#jobs.size <= MOST_JOBS) return
      this.#jobs.delete(oldest)
    }
  }
}

function dataOf(stages: readonly CoordinatorStage[], wanted: CoordinatorStageName) {
  return stages.filter(({ name }) => name === wanted).map(({ data }) => jsonDatum(wanted, 'meta', data))
}
