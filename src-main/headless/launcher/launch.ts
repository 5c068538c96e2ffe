import { SandboxError } from '../../base/sandbox-error'
import { checkNativePackages } from './native-packages'
import { developInBrowser } from './dev-browser'
import { developInWindow } from './dev-window'
import { hasDisplay } from './display'
import { findRuntime } from './find-runtime'
import type { RuntimeSearch } from './find-runtime'
import type { LaunchContext } from './launch-context'
import { launchElectron } from './launch-electron'
import { launchHeadless } from './launch-headless'
import { parseLaunchOptions, usage } from './launch-options'
import type { LaunchOptions } from './launch-options'
import type { Runtime } from './runtime'

/** The parts of {@link launch} that have outside effects, so that a test can watch its decisions. */
export interface LaunchParts {
  readonly findRuntime: (context: LaunchContext) => Promise<RuntimeSearch>
  readonly launchElectron: typeof launchElectron
  readonly launchHeadless: typeof launchHeadless
  readonly developInWindow: typeof developInWindow
  readonly developInBrowser: (context: LaunchContext, args: readonly string[]) => Promise<number>
  readonly checkNativePackages: (context: LaunchContext) => void
  /** Writes to standard output. */
  readonly print: (text: string) => void
}

const realParts: LaunchParts = {
  findRuntime,
  launchElectron,
  launchHeadless,
  developInWindow,
  developInBrowser,
  checkNativePackages,
  print: (text) => {
    console.log(text)
  },
}

/**
 * Opens the window, or serves the same screens to a browser when there is no display, no runtime, or the runtime cannot
 * start on this machine.
 *
 * @param args what stands behind `npm start --`
 * @returns the exit status for this process, once the program has ended
 */
export async function launch(context: LaunchContext, args: readonly string[], parts = realParts): Promise<number> {
  let options: LaunchOptions
  try {
    options = parseLaunchOptions(args)
  } catch (thrown) {
    if (!SandboxError.is(thrown, 'INVALID_ARGUMENT')) throw thrown
    context.say(thrown.message)
    return 2
  }
  switch (options.task) {
    case 'help':
      parts.print(usage)
      return 0
    case 'print-runtime':
      return printRuntime(context, parts)
    case 'start':
    case 'dev':
      return open(context, options, parts)
  }
}

async function printRuntime(context: LaunchContext, parts: LaunchParts): Promise<number> {
  const { runtime, reasons } = await parts.findRuntime(context)
  parts.print(JSON.stringify(runtime ?? { path: null, reasons }))
  return runtime === null ? 1 : 0
}

async function open(context: LaunchContext, options: LaunchOptions, parts: LaunchParts): Promise<number> {
  const runtime = options.headless ? null : await runtimeForWindow(context, parts)
  if (runtime === null) return serve(context, options, parts)
  context.say(runtime.description)

  const openWindow = options.task === 'dev' ? parts.developInWindow : parts.launchElectron
  const { status, failure } = await openWindow(context, runtime, options.programArgs, () => {
    parts.checkNativePackages(context)
  })
  if (failure === null) return status
  context.say(failure.sentence)
  context.say('Until then the screens are served to a browser.')
  return serve(context, options, parts)
}

async function runtimeForWindow(context: LaunchContext, parts: LaunchParts): Promise<Runtime | null> {
  if (!hasDisplay(context)) {
    context.say(
      'There is no display here (DISPLAY and WAYLAND_DISPLAY are not set), so the screens are served to a browser. ' +
        'A window without a display: xvfb-run -a npm start',
    )
    return null
  }
  const { runtime, reasons } = await parts.findRuntime(context)
  if (runtime !== null) return runtime
  context.say('No Electron can be had here, so the screens are served to a browser:')
  for (const { sentence } of reasons.filter(({ wasSaid }) => !wasSaid)) context.say(`  - ${sentence}`)
  return null
}

function serve(
  context: LaunchContext,
  { task, port, programArgs }: LaunchOptions,
  parts: LaunchParts,
): Promise<number> {
  const args = [...(port === null ? [] : ['--port', String(port)]), ...programArgs]
  if (task === 'dev') return parts.developInBrowser(context, args)
  return parts.launchHeadless(context, args, () => {
    parts.checkNativePackages(context)
  })
}
