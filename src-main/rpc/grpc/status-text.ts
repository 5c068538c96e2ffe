const MAX_STATUS_CHARACTERS = 2_000

/**
 * A sentence as gRPC can carry it: status texts travel in a header, so long ones are cut, and halves of surrogate pairs,
 * which cannot be encoded, are replaced.
 */
export function statusText(sentence: string): string {
  const short = sentence.length > MAX_STATUS_CHARACTERS ? `${sentence.slice(0, MAX_STATUS_CHARACTERS)}...` : sentence
  return short.replace(/\p{Surrogate}/gu, '\uFFFD')
}
