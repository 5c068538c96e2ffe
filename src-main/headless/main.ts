import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { SandboxError } from '../base/sandbox-error'
import { realEnv } from '../sandbox/host-env'
import { closeLogInTime } from '../sandbox/log/close-log-in-time'
import { FatalEnd } from '../sandbox/log/fatal-end'
import { program } from '../sandbox/program'
import { userDataDirectory } from '../sandbox/user-data-directory'
import { isLoopback } from './access'
import { untilAborted } from './cluster/until-aborted'
import type { HeadlessCommand } from './command-line'
import { parseCommandLine, usage } from './command-line'
import { openBrowser } from './open-browser'
import type { HeadlessHost, ServeOptions } from './serve'
import { serve } from './serve'

/** The entry of the headless host: the same program, its screens in a browser. */
async function main(args: readonly string[]): Promise<void> {
  const command = parseCommandLine(args)
  switch (command.kind) {
    case 'help':
      console.log(usage)
      break
    case 'version':
      console.log(`${program.title} ${program.version}`)
      break
    case 'serve':
      await serveUntilStopped(command)
  }
}

/** What nobody caught goes to the log, too, and ends the program on the spot: it is in a state that nobody has thought of. */
function endingWithError(): FatalEnd {
  const fatalEnd = new FatalEnd({
    print: (text) => process.stderr.write(text),
    closeLog: (log) => closeLogInTime(log, realEnv().clock),
    // Whoever started it has the terminal before them; pages are told by the connection that ends.
    tell: () => Promise.resolve(),
    exit: () => process.exit(1),
  })
  process.on('uncaughtException', (error) => void fatalEnd.begin(error, 'uncaught exception'))
  process.on('unhandledRejection', (reason) => void fatalEnd.begin(reason, 'unhandled rejection'))
  return fatalEnd
}

async function serveUntilStopped(command: Extract<HeadlessCommand, { kind: 'serve' }>): Promise<never> {
  const stopping = stopOnSignal()
  const fatalEnd = endingWithError()
  const userData =
    command.userDataDirectory === undefined
      ? userDataDirectory({ operatingSystem: process.platform, environment: process.env, homeDirectory: homedir() })
      : resolve(command.userDataDirectory)
  const options: ServeOptions = {
    bindHost: command.bindHost,
    port: command.port,
    start: command.start,
    surroundings: { environment: process.env, workingDirectory: process.cwd(), userDataDirectory: userData },
    rendererDirectory: join(__dirname, '..', 'renderer'),
    entries: { worker: join(__dirname, 'node-worker.cjs'), process: join(__dirname, 'node-process.cjs') },
    lessonsDirectory: join(__dirname, '..', '..', 'resources', 'lessons'),
    report: (error, where) => console.error(`${where}:`, error),
    onLog: (log) => fatalEnd.logTo(log),
  }
  let host: HeadlessHost
  try {
    host = await serve(realEnv(), options, stopping)
  } catch (thrown) {
    // That was asked for, and nothing is left behind.
    if (stopping.aborted && SandboxError.is(thrown, 'CANCELLED')) process.exit(0)
    throw thrown
  }
  const stopped = untilAborted(stopping).then(() => host.stop())
  await Promise.race([stopped, welcome(command, host)])
  await stopped
  process.exit(0)
}

/** Tells the person where the screens are. */
async function welcome(
  command: Extract<HeadlessCommand, { kind: 'serve' }>,
  { address, port, workspaceDirectory }: HeadlessHost,
): Promise<void> {
  if (command.json) console.log(JSON.stringify({ address, port, workspaceDirectory, processId: process.pid }))
  else console.log(`${program.title} ${program.version}: open ${address} in a browser. Ctrl+C ends it.`)
  if (!isLoopback(command.bindHost)) {
    console.error(`Other machines can reach this host at ${command.bindHost}; the token is all that keeps them out.`)
  }
  if (!command.openBrowser) return
  const complaint = await openBrowser(address)
  if (complaint !== undefined) console.error(complaint)
}

/** The first signal ends the host in order, a second one at once. @returns aborts with the first */
function stopOnSignal(): AbortSignal {
  const stopping = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(130)
      stopping.abort()
    })
  }
  return stopping.signal
}

function fail(thrown: unknown): never {
  const error = SandboxError.from(thrown)
  console.error(`${error.code}: ${error.message}`)
  if (error.code === 'INTERNAL') console.error(thrown)
  process.exit(error.code === 'INVALID_ARGUMENT' ? 2 : 1)
}

main(process.argv.slice(2)).catch(fail)
