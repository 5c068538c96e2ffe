import type { WindowHost } from '../src-main/electron/preload/window-host'

declare global {
  interface Window {
    /** Put there by the preload script of the window; absent in a browser. */
    readonly sandboxWindow?: WindowHost
  }
}
