import { spawn } from 'node:child_process'

/** The command by which an operating system opens an address in the default browser. */
export function browserCommand(operatingSystem: string, address: string): readonly [string, ...string[]] {
  switch (operatingSystem) {
    case 'darwin':
      return ['open', address]
    case 'win32':
      return ['rundll32', 'url.dll,FileProtocolHandler', address]
    default:
      return ['xdg-open', address]
  }
}

/** Opens an address in the default browser; the returned promise tells, as a sentence, why it did not. */
export function openBrowser(address: string): Promise<string | undefined> {
  const [command, ...args] = browserCommand(process.platform, address)
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true })
    child.once('error', (error) => resolve(`No browser was opened (${error.message}). Open the address yourself.`))
    child.once('spawn', () => {
      child.unref()
      resolve(undefined)
    })
  })
}
