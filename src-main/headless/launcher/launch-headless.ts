import { join } from 'node:path'
import type { LaunchContext } from './launch-context'
import { launchProcess } from './launch-process'

/** The command of the headless host, for the Node that runs this. */
export function headlessCommand(context: LaunchContext, args: readonly string[]): { command: string; args: string[] } {
  return { command: context.nodePath, args: [join(context.projectDir, 'out/main/headless.cjs'), 'serve', ...args] }
}

/** Serves the screens to a browser until it is ended. The host itself prints the address. @returns the exit status */
export async function launchHeadless(
  context: LaunchContext,
  args: readonly string[],
  onStarted?: () => void,
): Promise<number> {
  const program = { ...headlessCommand(context, args), env: context.env, ...(onStarted !== undefined && { onStarted }) }
  const { status } = await launchProcess(context, program)
  return status
}
