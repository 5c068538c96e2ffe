import type { SerializedSandboxError } from '../../../src-main/base/sandbox-error'

/** Errors that show how the store works, more than that something is wrong. */
export type Lesson = 'notLeader' | 'staleEpoch' | 'noRegion' | 'outcomeUnknown' | 'noMajority'

/** By the names of DingoDB's own errors. */
const lessonOfErrno: Readonly<Record<string, Lesson>> = {
  ERAFT_NOTLEADER: 'notLeader',
  EREGION_VERSION: 'staleEpoch',
}

/** What an error teaches; undefined for one that is only an error. */
export function lessonOf({ code, details }: SerializedSandboxError): Lesson | undefined {
  switch (code) {
    case 'CLIENT_OUTCOME_UNKNOWN':
      return 'outcomeUnknown'
    case 'CLIENT_NO_REGION':
      return 'noRegion'
    case 'CLIENT_TIMED_OUT':
      return 'noMajority'
    case 'DINGODB_ERROR':
      return lessonOfErrno[String(details['name'])]
    default:
      return undefined
  }
}
