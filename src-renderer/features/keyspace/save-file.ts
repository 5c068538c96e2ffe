/** Hands bytes to the person as a file, by the browser's own way of saving. */
export function saveFile(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/** A name for a file with the value of a key: its text without what file systems refuse. */
export function fileNameOfKey(text: string): string {
  const name = text.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '')
  return `${name === '' ? 'value' : name.slice(0, 80)}.bin`
}
