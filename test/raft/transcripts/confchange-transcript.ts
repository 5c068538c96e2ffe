import { describeConfiguration, describeProgressMap } from '../../../src-main/raft/core/describe/membership'
import { RaftError } from '../../../src-main/raft/core/errors'
import { Changer } from '../../../src-main/raft/core/membership/changer'
import type { ConfChangeSingle } from '../../../src-main/raft/core/model/conf-change'
import { NO_LIMIT } from '../../../src-main/raft/core/model/entry'
import { EMPTY_CONFIGURATION } from '../../../src-main/raft/core/tracker/configuration'
import type { Membership } from '../../../src-main/raft/core/tracker/progress-tracker'
import { toBoolean } from './argument-values'
import { parseConfChanges } from './conf-change-notation'
import type { TranscriptCase } from './transcript-format'

const LIMITS = { maxInflightMessages: 10, maxInflightBytes: NO_LIMIT }

/** One membership that the cases of a transcript change one after the other. */
export class ConfChangeSession {
  #membership: Membership = { configuration: EMPTY_CONFIGURATION, progress: new Map() }
  /** Grows with every case, so that what is new shows in the progress. */
  #lastIndex = 0

  /** Answers a case: the membership after it, or why there is none. */
  run(test: TranscriptCase): string {
    try {
      this.#membership = this.#change(test, parseConfChanges(test.input))
      const { configuration, progress } = this.#membership
      return `${describeConfiguration(configuration)}\n${describeProgressMap(progress)}`
    } catch (error) {
      if (error instanceof RaftError || error instanceof Error) return error.message
      throw error
    } finally {
      this.#lastIndex += 1
    }
  }

  #change(test: TranscriptCase, changes: readonly ConfChangeSingle[]): Membership {
    const changer = new Changer(this.#membership, this.#lastIndex, LIMITS)
    switch (test.command) {
      case 'simple':
        return changer.simple(changes)
      case 'enter-joint': {
        const autoLeave = test.args.find(({ key }) => key === 'autoleave')?.values[0] ?? 'false'
        return changer.enterJoint(toBoolean(autoLeave), changes)
      }
      case 'leave-joint':
        if (changes.length > 0) throw new Error('this command takes no input')
        return changer.leaveJoint()
      default:
        throw new Error('unknown command')
    }
  }
}
