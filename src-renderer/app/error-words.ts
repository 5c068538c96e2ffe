import type { ComposerTranslation } from 'vue-i18n'
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

/**
 * The words for an error. Those that a person may well meet have words of their own; the others say in the host's own
 * sentence why they happened.
 *
 * @param inWindow whether the page is in the window of the program, or in a browser
 */
export function errorWords(t: Translate, error: SerializedSandboxError, inWindow: boolean): ErrorWords {
  switch (error.code) {
    case 'DOOR_UNREACHABLE':
    case 'DOOR_ACCESS_DENIED':
      return {
        what: t('error.unreachable.what'),
        where: t('error.betweenPageAndHost'),
        why: t('error.unreachable.why'),
        next: inWindow ? t('error.unreachable.nextInWindow') : t('error.unreachable.nextInBrowser'),
      }
    case 'DOOR_UNKNOWN_PROCEDURE':
      return {
        what: t('error.versionMismatch.what'),
        where: t('error.betweenPageAndHost'),
        why: error.message,
        next: t('error.versionMismatch.next'),
      }
    default:
      return {
        what: t('error.other.what'),
        where: t('error.onHost'),
        why: error.message,
        next: t('error.other.next'),
      }
  }
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
