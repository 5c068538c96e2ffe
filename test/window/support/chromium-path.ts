import { existsSync } from 'node:fs'

/** Where the browsers of Linux distributions lie. CHROMIUM_PATH names another. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/**
 * The Chromium of this machine, for scripts that cannot do without.
 *
 * @throws Error that says how to get one
 */
export function chromiumPath(): string {
  const path = [process.env['CHROMIUM_PATH'], ...places].find((place) => place !== undefined && existsSync(place))
  if (path !== undefined) return path
  throw new Error('There is no Chromium; on Debian and Ubuntu: sudo apt-get install chromium. CHROMIUM_PATH names one.')
}

/** What a browser is started with. Chromium does not sandbox for the superuser of Linux. */
export function chromiumArgs(): string[] {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : []
}
