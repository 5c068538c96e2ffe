/**
 * Puts a text into the clipboard, during a click or a key. By the older of the two ways: the newer one asks for a
 * permission, and the window denies all of them.
 *
 * @returns whether it worked
 */
export function copyText(text: string): boolean {
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
  }
  document.addEventListener('copy', onCopy, { once: true })
  const copied = document.execCommand('copy')
  document.removeEventListener('copy', onCopy)
  return copied
}
