import { SandboxError } from '../../base/sandbox-error'

/** What the person asked for behind `npm start --`. */
export interface LaunchOptions {
  /** `dev` rebuilds and reloads on change; `print-runtime` and `help` only print. */
  readonly task: 'start' | 'dev' | 'print-runtime' | 'help'
  /** Serve the screens to a browser even if a window could be opened. */
  readonly headless: boolean
  /** Where to serve them; null leaves the choice to the host. */
  readonly port: number | null
  /** Everything else, in its order: for the program itself. */
  readonly programArgs: readonly string[]
}

export const usage = `npm start -- [options]     the window, or the same screens in a browser
npm run dev -- [options]   the same, rebuilt and reloaded on every change

  --headless        serve the screens to a browser even if a window could be opened
  --port <number>   where to serve them, 0 for any free port
  --print-runtime   print which Electron would be used, as JSON, and end
  --help            print this and end

Everything else is handed to the program. More: docs/launcher.md`

/** @throws SandboxError INVALID_ARGUMENT when an option lacks its value or has an impossible one */
export function parseLaunchOptions(args: readonly string[]): LaunchOptions {
  let task: LaunchOptions['task'] = 'start'
  let headless = false
  let port: number | null = null
  const programArgs: string[] = []
  const rest = [...args]
  for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
    if (arg === '--headless') headless = true
    else if (arg === '--port') port = parsePort(rest.shift())
    else if (arg.startsWith('--port=')) port = parsePort(arg.slice('--port='.length))
    else if (arg === '--dev') task = 'dev'
    else if (arg === '--print-runtime') task = 'print-runtime'
    else if (arg === '--help') task = 'help'
    else programArgs.push(arg)
  }
  return { task, headless, port, programArgs }
}

function parsePort(text: string | undefined): number {
  const port = Number(text)
  if (text && Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new SandboxError(
    'INVALID_ARGUMENT',
    `--port takes a number from 0 to 65535, not ${text ? `"${text}"` : 'nothing'}. For example: npm start -- --headless --port 8080`,
  )
}
