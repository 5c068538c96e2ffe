import type { ClusterPicture, ReplicaRole } from './cluster-picture'
import { CELL_HEIGHT, CELL_WIDTH, cellCorner } from './matrix-layout'
import type { MatrixLayout } from './matrix-layout'

/** All cells of one kind in the row of one store, as one path; `concern` marks those that need a look. */
export interface MatrixPath {
  readonly key: string
  readonly ordinal: number
  readonly isStale: boolean
  readonly kind: ReplicaRole | 'concern'
  readonly path: string
}

/** Outlines lie in the middle of a pixel, so that they are sharp. */
const WIDTH = CELL_WIDTH - 3
const HEIGHT = CELL_HEIGHT - 3

export function matrixPaths({ stores, regions }: ClusterPicture, layout: MatrixLayout): readonly MatrixPath[] {
  return stores.flatMap(({ nodeId, ordinal, isStale }, store) => {
    const parts: Record<MatrixPath['kind'], string[]> = { leader: [], follower: [], learner: [], concern: [] }
    regions.forEach(({ tile, roles }, region) => {
      const role = roles.get(nodeId)
      if (role === undefined) return
      const { x, y } = cellCorner(layout, { store, region })
      parts[role].push(`M${x + 1} ${y + 1}h${WIDTH}v${HEIGHT}h-${WIDTH}z`)
      // A triangle in the upper right corner.
      if (tile.concerns.length > 0) parts.concern.push(`M${x + 1 + WIDTH} ${y + 1}v7l-7 -7z`)
    })
    return (['follower', 'learner', 'leader', 'concern'] as const).flatMap((kind) =>
      parts[kind].length === 0
        ? []
        : [{ key: `${nodeId}-${kind}`, ordinal, isStale, kind, path: parts[kind].join('') }],
    )
  })
}
