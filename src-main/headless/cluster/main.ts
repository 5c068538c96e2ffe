import { setMaxListeners } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { connectToCluster } from '../../client/connect'
import { SandboxError } from '../../base/sandbox-error'
import { realEnv } from '../../sandbox/host-env'
import { exitStatus } from './exit-status'
import { openRemoteStepping } from '../../sandbox/stepping/remote-stepping'
import { ProcessOutput } from './process-output'
import { run } from './run'
import { terminalKeys } from './trace/terminal-keys'

/** The entry of the command line `dingo-sandbox`. */
async function main(args: readonly string[]): Promise<number> {
  const interrupt = new AbortController()
  // Each of a command's calls listens to it, and that is no leak.
  setMaxListeners(0, interrupt.signal)
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      // The first signal ends the command in order, a second one at once.
      if (interrupt.signal.aborted) process.exit(exitStatus.interrupted)
      interrupt.abort()
    })
  }
  // A reader that has seen enough, such as head, closes the pipe: that ends the command and is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? exitStatus.ok : exitStatus.failed)
  })
  return run(args, {
    environment: process.env,
    output: new ProcessOutput(),
    readFile: (path) => orSentence(`read ${path}`, readFile(path)),
    writeFile: (path, bytes) => orSentence(`write ${path}`, writeFile(path, bytes)),
    readStandardInput,
    connect: (options) => connectToCluster(realEnv(), options),
    openStepping: (options) => openRemoteStepping(realEnv(), options),
    readKeys: () => terminalKeys(process.stdin, interrupt.signal),
    signal: interrupt.signal,
  })
}

/** @throws SandboxError DISK_NOT_FOUND, DISK_IO */
async function orSentence<Result>(what: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work
  } catch (thrown) {
    const { code, message } = thrown as NodeJS.ErrnoException
    throw new SandboxError(
      code === 'ENOENT' ? 'DISK_NOT_FOUND' : 'DISK_IO',
      `It was not possible to ${what}: ${message}.`,
      { cause: thrown },
    )
  }
}

async function readStandardInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk as Uint8Array))
  return Buffer.concat(chunks)
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status
  },
  (thrown: unknown) => {
    console.error('The command line failed, which is a defect of this program:', thrown)
    process.exit(exitStatus.failed)
  },
)
