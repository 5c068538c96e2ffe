import type { ConfChangeSingle, ConfChangeType } from '../../../src-main/raft/core/model/conf-change'
import { toWholeNumber } from './argument-values'

const types: Readonly<Record<string, ConfChangeType>> = {
  v: 'ConfChangeAddNode',
  l: 'ConfChangeAddLearnerNode',
  r: 'ConfChangeRemoveNode',
  u: 'ConfChangeUpdateNode',
}

/**
 * Membership changes in short: `v1 l2 r3 u4` makes 1 a voter and 2 a learner, removes 3 and updates 4.
 *
 * @throws Error naming what is not in the notation
 */
export function parseConfChanges(text: string): readonly ConfChangeSingle[] {
  const trimmed = text.trim()
  if (trimmed === '') return []
  return trimmed.split(' ').map((token) => {
    if (token.length < 2) throw new Error(`unknown token ${token}`)
    const type = types[token.charAt(0)]
    if (type === undefined) throw new Error(`unknown input: ${token}`)
    return { type, nodeId: toWholeNumber(token.slice(1)) }
  })
}
