import type { GroupRecord } from '../group-record'
import { CommittedForGood } from './committed-for-good'
import { CommittedOnQuorum } from './committed-on-quorum'
import { DurablePromises } from './durable-promises'
import { DurableRecovery } from './durable-recovery'
import { ElectionSafety } from './election-safety'
import type { GroupChecker } from './group-checker'
import { HonestAnswers } from './honest-answers'
import { LeaderAppendOnly } from './leader-append-only'
import { LeaderCompleteness } from './leader-completeness'
import { LogMatching } from './log-matching'
import { MonotonePositions } from './monotone-positions'
import { StateMachineSafety } from './state-machine-safety'

/**
 * Every check of a group, in the order in which they are told of an event. What is committed first extends the
 * committed history, so that check comes before those that compare with it.
 */
export function groupCheckers(
  group: GroupRecord,
  describeResult: (result: unknown) => string,
): readonly GroupChecker[] {
  return [
    new ElectionSafety(group),
    new LeaderAppendOnly(group),
    new LogMatching(group),
    new DurablePromises(group),
    new DurableRecovery(group),
    new MonotonePositions(group),
    new CommittedOnQuorum(group),
    new CommittedForGood(group),
    new LeaderCompleteness(group),
    new StateMachineSafety(group, describeResult),
    new HonestAnswers(group),
  ]
}
