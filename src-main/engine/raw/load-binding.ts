import { SandboxError } from '../../base/sandbox-error'

/**
 * Loads a native package when an engine is opened, not when the program starts: without it the program runs and says what
 * is missing.
 *
 * @throws SandboxError ENGINE_NOT_AVAILABLE
 */
export async function loadBinding<T>(packageName: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    const message = `The package ${packageName} does not load on this machine: ${reason.split('\n', 1)[0]}. ${remedy(packageName, reason)}`
    throw new SandboxError('ENGINE_NOT_AVAILABLE', message, { details: { packageName }, cause: thrown })
  }
}

function remedy(packageName: string, reason: string): string {
  if (reason.includes('libatomic')) {
    return 'It needs the Debian package libatomic1: run "sudo apt-get install libatomic1", then open the engine again.'
  }
  return `Run "npm ci" to install ${packageName} anew, or choose another engine.`
}
