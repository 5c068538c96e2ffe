import type { Entity } from '../../app/navigation/entity'
import type { PictureNode } from './cluster-picture'

export function nodeEntity({ role, nodeId }: Pick<PictureNode, 'role' | 'nodeId'>): Entity {
  return role === 'store' ? { kind: 'store', storeId: nodeId } : { kind: 'coordinator', nodeId }
}
