import type { LaunchContext } from './launch-context'

/** Whether a window could be shown. Only a Unix without a desktop, such as a server or a container, says no. */
export function hasDisplay({ platform, env }: LaunchContext): boolean {
  if (platform === 'darwin' || platform === 'win32') return true
  return Boolean(env['DISPLAY']) || Boolean(env['WAYLAND_DISPLAY'])
}
