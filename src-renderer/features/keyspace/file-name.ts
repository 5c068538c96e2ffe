/** A name for a file with the value of a key: its text without what file systems refuse. */
export function fileNameOfKey(text: string): string {
  const name = text.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|-+$/g, '')
  return `${name === '' ? 'value' : name.slice(0, 80)}.bin`
}
