import type { ComposerTranslation } from 'vue-i18n'
import type { ErrorCode } from '../../src-main/base/error-codes'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { LoadProblem } from '../../src-main/engine/raw/load-binding'
import type { RawEngineStatus } from '../../src-main/sandbox/raw-engine-registry'
import type { Messages } from './i18n/messages'

/** An error in the reader's language. */
export interface ErrorWords {
  readonly what: string
  readonly where: string
  readonly why: string
  readonly next: string
}

type Translate = ComposerTranslation<{ en: Messages }>
type Known = Messages['error']['known']
type KnownCode = keyof Known
/** Those of the way between page and host, and of DingoDB's protocol, have words elsewhere. */
type OtherwiseWorded = 'DOOR_UNREACHABLE' | 'DOOR_ACCESS_DENIED' | 'DOOR_UNKNOWN_PROCEDURE' | 'DINGODB_ERROR'
type Lesson = keyof Messages['error']['dingodb']

/** Where each of the known errors comes from. */
type Place = 'page' | 'host' | 'cluster'
const places: Readonly<Record<KnownCode | Exclude<ErrorCode, UnwordedCode | OtherwiseWorded>, Place>> = {
  FLOW_TRACE_NOT_FOUND: 'host',
  FLOW_HOLD_NOT_FOUND: 'host',
  FLOW_GATE_NOT_FOUND: 'host',
  FLOW_CONDITION: 'host',
  SESSION_NOT_RUNNING: 'host',
  SESSION_BUSY: 'host',
  DISK_LOCKED: 'host',
  DISK_FULL: 'host',
  DISK_IO: 'host',
  NETWORK_ADDRESS_IN_USE: 'host',
  ENGINE_OPEN_FAILED: 'host',
  ENGINE_LOCKED: 'host',
  ENGINE_NOT_SUPPORTED: 'host',
  ENGINE_CORRUPTION: 'host',
  RAFT_LOG_DAMAGED: 'host',
  RAFT_LOG_FAILED: 'host',
  WORKSPACE_NOT_USABLE: 'host',
  WORKSPACE_VERSION: 'host',
  WORKSPACE_DAMAGED: 'host',
  WORKSPACE_MISMATCH: 'host',
  NODE_NOT_FOUND: 'host',
  NODE_WRONG_STATE: 'host',
  NODE_FAILED: 'host',
  NODE_NOT_SUPPORTED: 'host',
  CLUSTER_NOT_READY: 'cluster',
  CLUSTER_NOT_ENDED: 'cluster',
  HOST_NOT_SUPPORTED: 'host',
  RPC_UNAVAILABLE: 'cluster',
  RPC_DEADLINE_EXCEEDED: 'cluster',
  RPC_FAILED: 'cluster',
  CLIENT_OUTCOME_UNKNOWN: 'cluster',
  CLIENT_READ_ONLY: 'host',
  CLIENT_NO_REGION: 'cluster',
  CLIENT_NOT_FOUND: 'cluster',
  CLIENT_TIMED_OUT: 'cluster',
  CLIENT_CLOSED: 'host',
  INVALID_ARGUMENT: 'host',
  VALUE_TOO_LARGE: 'host',
  WORKSPACE_GONE: 'host',
  CANCELLED: 'host',
  DISK_NOT_FOUND: 'host',
  DISK_ALREADY_EXISTS: 'host',
  ENGINE_NOT_AVAILABLE: 'host',
  ENGINE_INVALID_KEY: 'host',
  ENGINE_INVALID_VALUE: 'host',
  ENGINE_IO: 'cluster',
  RAFT_LOG_COMPACTED: 'cluster',
  RAFT_LOG_VERSION: 'cluster',
  RAFT_SNAPSHOT_DAMAGED: 'cluster',
  RAFT_SNAPSHOT_VERSION: 'cluster',
  RAFT_SNAPSHOT_MISSING: 'cluster',
  RAFT_STATE_AHEAD_OF_LOG: 'cluster',
  RAFT_STATE_MACHINE_FAILED: 'cluster',
  RAFT_INVARIANT_VIOLATED: 'cluster',
  RAFT_NODE_NOT_FOUND: 'cluster',
  RAFT_NODE_STOPPED: 'cluster',
  STORE_RECORD_DAMAGED: 'cluster',
  FLOW_STAGE_NOT_FOUND: 'host',
  FLOW_BUSY: 'host',
  LESSON_SYNTAX: 'host',
  LESSON_FAILED: 'cluster',
  LESSON_NOT_FOUND: 'host',
  LESSON_NOT_WAITING: 'host',
  INTERNAL: 'host',
}

/**
 * Codes that stay between parts of the program, or are told on a terminal: no screen has words for them. What comes of one
 * that gets out all the same is the host's own sentence.
 */
export type UnwordedCode =
  | 'DISK_CLOSED'
  | 'NETWORK_CLOSED'
  | 'NETWORK_MESSAGE_TOO_LARGE'
  | 'ENGINE_CLOSED'
  | 'ENGINE_UNKNOWN_COLUMN_FAMILY'
  | 'ENGINE_INVALID_RANGE'
  | 'ENGINE_HANDLE_CLOSED'
  | 'RAFT_LOG_OUT_OF_RANGE'
  | 'RAFT_LOG_CLOSED'
  | 'RAFT_NODE_EXISTS'
  | 'RUNTIME_NOT_AVAILABLE'

/** Errors of DingoDB's protocol that say how the protocol works, by the names of its errnos. */
const lessons: Readonly<Record<string, Lesson>> = {
  ERAFT_NOTLEADER: 'notLeader',
  EREGION_VERSION: 'regionVersion',
  EREGION_NOT_FOUND: 'regionNotFound',
  EKEY_OUT_OF_RANGE: 'outOfRange',
  EREGION_UNAVAILABLE: 'regionUnavailable',
}

/**
 * Whether an error is how the protocol works, rather than something broken: a follower refuses a write, an epoch is old.
 * It is shown quietly.
 */
export function isLesson(error: SerializedSandboxError): boolean {
  return error.code === 'DINGODB_ERROR' && lessons[errnoOf(error)] !== undefined
}

const errnoOf = ({ details }: SerializedSandboxError): string => String(details['name'] ?? details['errno'] ?? '')

const isKnown = (code: string): code is KnownCode => Object.hasOwn(places, code)

/**
 * The words for an error. Those that a person may well meet have words of their own; why it happened in this very case the
 * host's own sentence says.
 *
 * @param inWindow whether the page is in the window of the program, or in a browser
 */
export function errorWords(t: Translate, error: SerializedSandboxError, inWindow: boolean): ErrorWords {
  const { code } = error
  if (code === 'DOOR_UNREACHABLE' || code === 'DOOR_ACCESS_DENIED') {
    return {
      what: t('error.unreachable.what'),
      where: t('error.betweenPageAndHost'),
      why: t('error.unreachable.why'),
      next: inWindow ? t('error.unreachable.nextInWindow') : t('error.unreachable.nextInBrowser'),
    }
  }
  if (code === 'DOOR_UNKNOWN_PROCEDURE') {
    return {
      what: t('error.versionMismatch.what'),
      where: t('error.betweenPageAndHost'),
      why: error.message,
      next: t('error.versionMismatch.next'),
    }
  }
  if (code === 'DINGODB_ERROR') {
    const lesson = lessons[errnoOf(error)] ?? 'other'
    return {
      what: t(`error.dingodb.${lesson}.what`),
      where: whereOf(t, error, 'cluster'),
      why: lesson === 'other' ? error.message : `${t(`error.dingodb.${lesson}.why`)} ${error.message}`,
      next: t(`error.dingodb.${lesson}.next`),
    }
  }
  if (isKnown(code)) {
    return {
      what: t(`error.known.${code}.what`),
      where: whereOf(t, error, places[code]),
      why: error.message,
      next: t(`error.known.${code}.next`),
    }
  }
  return { what: t('error.other.what'), where: t('error.onHost'), why: error.message, next: t('error.other.next') }
}

/** The most exact place that the details name. */
function whereOf(t: Translate, { details }: SerializedSandboxError, place: Place): string {
  const named = ['directory', 'path', 'endpoint', 'address', 'nodeId', 'regionId']
    .flatMap((name) => (details[name] === undefined ? [] : [String(details[name])]))
    .slice(0, 2)
  const base = place === 'cluster' ? t('error.inCluster') : place === 'page' ? t('error.onPage') : t('error.onHost')
  return [base, ...named].join(' · ')
}

/** The words for an engine that does not load. */
export function engineErrorWords(t: Translate, engine: RawEngineStatus, error: SerializedSandboxError): ErrorWords {
  const packageName = engine.package ?? engine.name
  const problem = error.details as unknown as LoadProblem
  const words = String(error.details['words'] ?? error.message)
  const shared = {
    what: t('error.engineNotAvailable.what', { engine: t(`rawEngine.${engine.name}.name`) }),
    where: t('error.onHost'),
  }
  switch (problem.problem) {
    case 'missing-library':
      return {
        ...shared,
        why: t('error.engineNotAvailable.missingLibrary', { library: problem.library, package: packageName }),
        next:
          problem.debianPackage === null
            ? t('error.engineNotAvailable.installLibrary')
            : t('error.engineNotAvailable.installDebianPackage', { debianPackage: problem.debianPackage }),
      }
    case 'not-installed':
      return {
        ...shared,
        why: t('error.engineNotAvailable.notInstalled', { package: packageName, platform: problem.platform }),
        next: t('error.engineNotAvailable.installPackages'),
      }
    default:
      return {
        ...shared,
        why: t('error.engineNotAvailable.other', { package: packageName, words }),
        next: t('error.engineNotAvailable.installPackages'),
      }
  }
}
