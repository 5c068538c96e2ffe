import type { Env } from '../../env'
import type { CreateNode } from './mountable-node'

/** Makes nodes over the given world. */
export function createNode(_env: Env): CreateNode {
  throw new Error('to be written')
}
