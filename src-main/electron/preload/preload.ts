import { contextBridge, ipcRenderer } from 'electron'
import type { WindowHost } from './window-host'
import { COMMAND_CHANNEL, isCommandId } from './window-host'

/**
 * All that a page of the window is told outside the door: that it is in the window, and which of its commands a person
 * chose in the menu. It has to know the one when the door does not answer, because the way out is another one than in a
 * browser; the other is for this window alone. The page can send nothing here.
 */
const windowHost: WindowHost = {
  kind: 'electron',
  onCommand: (listener) => {
    // The event of Electron stays here: its sender would give the page more than the id.
    const forward = (_event: unknown, id: unknown) => {
      if (isCommandId(id)) listener(id)
    }
    ipcRenderer.on(COMMAND_CHANNEL, forward)
    return () => {
      ipcRenderer.off(COMMAND_CHANNEL, forward)
    }
  },
}

contextBridge.exposeInMainWorld('sandboxWindow', windowHost)
