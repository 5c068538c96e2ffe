import { contextBridge } from 'electron'
import type { WindowHost } from './window-host'

/**
 * All that a page of the window is told outside the door: that it is in the window. It has to know this when the door
 * does not answer, because the way out is another one than in a browser.
 */
const windowHost: WindowHost = { kind: 'electron' }

contextBridge.exposeInMainWorld('sandboxWindow', windowHost)
