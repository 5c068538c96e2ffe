import { RaftError } from '../errors'
import type { Membership } from '../tracker/progress-tracker'
import { isJoint } from '../tracker/configuration'
import { hasId } from '../model/node-id'

/**
 * Checks that a configuration and the progress of its members fit together. It runs on what a change starts from and on
 * what it makes. The empty configuration is allowed: every group begins with it.
 *
 * @throws RaftError INVALID_CONF_STATE
 */
export function checkMembership(membership: Membership): void {
  const { configuration, progress } = membership
  const { voters, learners, learnersNext } = configuration

  for (const id of [...voters.incoming, ...voters.outgoing, ...learners, ...learnersNext]) {
    if (!progress.has(id)) throw contradiction(`no progress for ${id}`)
  }
  for (const id of learnersNext) {
    if (!hasId(voters.outgoing, id)) throw contradiction(`${id} is in LearnersNext, but not Voters[1]`)
    if (progress.get(id)?.isLearner) {
      throw contradiction(`${id} is in LearnersNext, but is already marked as learner`)
    }
  }
  for (const id of learners) {
    if (hasId(voters.outgoing, id)) throw contradiction(`${id} is in Learners and Voters[1]`)
    if (hasId(voters.incoming, id)) throw contradiction(`${id} is in Learners and Voters[0]`)
    if (!progress.get(id)?.isLearner) throw contradiction(`${id} is in Learners, but is not marked as learner`)
  }
  if (isJoint(configuration)) return
  if (learnersNext.length > 0) throw contradiction('LearnersNext must be empty when not joint')
  if (configuration.autoLeave) throw contradiction('AutoLeave must be false when not joint')
}

function contradiction(sentence: string): RaftError {
  return new RaftError('INVALID_CONF_STATE', sentence)
}
