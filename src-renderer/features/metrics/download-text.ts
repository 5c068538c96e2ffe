/** Has the browser save a text as a file, as a link with `download` does. */
export function downloadText(name: string, type: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken hold of the bytes when the click returns.
  URL.revokeObjectURL(address)
}
