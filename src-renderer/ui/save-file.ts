/**
 * Hands a file to the person by the browser's own way of saving, as a link with `download` does.
 *
 * @param type media type; a text is told to be UTF-8
 */
export function saveFile(name: string, content: Uint8Array | string, type = 'application/octet-stream'): void {
  const isText = typeof content === 'string'
  const part = isText ? content : (content as Uint8Array<ArrayBuffer>)
  const address = URL.createObjectURL(new Blob([part], { type: isText ? `${type};charset=utf-8` : type }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken hold of the bytes when the click returns.
  URL.revokeObjectURL(address)
}
