import { shell } from 'electron'

/**
 * Whether an address may be handed to the operating system to open. Only https: other schemes start programs (`file:`,
 * `smb:`, `ms-msdt:` and what else is registered), and an address with a password in it is made to deceive.
 */
export function isOpenableExternally(address: string): boolean {
  let url: URL
  try {
    url = new URL(address)
  } catch {
    // Not an address at all.
    return false
  }
  return url.protocol === 'https:' && url.hostname !== '' && url.username === '' && url.password === ''
}

/** The one place from which anything is opened outside the program. What is not allowed is ignored. */
export function openExternally(address: string): void {
  if (!isOpenableExternally(address)) return
  shell.openExternal(address).catch((error: unknown) => {
    process.stderr.write(`The browser did not open ${address}: ${String(error)}\n`)
  })
}
