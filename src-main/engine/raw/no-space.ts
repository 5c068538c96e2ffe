/**
 * Whether a native engine says that the disk has no space left. They pass on what the system says in words, and no code that
 * would tell it from other errors of input and output.
 */
export function saysNoSpace(sentence: string): boolean {
  return /no space left on device|disk quota exceeded|not enough space on the disk/i.test(sentence)
}
