import type { JsonNode } from '../../../ui/json-tree'
import { jsonTree } from '../../../ui/json-tree'

/** How a field differs from the data before: at its place there was another value, or nothing like it was anywhere. */
export type FieldChange = 'changed' | 'new'

/** The tree of a text; undefined if it is no JSON. */
export function treeOf(json: string | undefined): JsonNode | undefined {
  if (json === undefined) return undefined
  try {
    return jsonTree(JSON.parse(json))
  } catch {
    // Shown as text then.
    return undefined
  }
}

/**
 * Which leaves of data are not as before. Messages that become others (a request, the command made of it) are compared by
 * their values: what stood anywhere before is not new.
 *
 * @param before undefined: nothing is compared
 * @returns by the ids of the nodes
 */
export function fieldChanges(before: readonly JsonNode[], after: JsonNode): ReadonlyMap<string, FieldChange> {
  const changes = new Map<string, FieldChange>()
  if (before.length === 0) return changes
  const known = new Map<string, string>()
  const values = new Set<string>()
  for (const tree of before) {
    eachLeaf(tree, ({ id, value }) => {
      known.set(id, value)
      values.add(value)
    })
  }
  eachLeaf(after, ({ id, value }) => {
    const earlier = known.get(id)
    if (earlier === value || (earlier === undefined && values.has(value))) return
    changes.set(id, earlier === undefined ? 'new' : 'changed')
  })
  return changes
}

function eachLeaf(node: JsonNode, visit: (leaf: JsonNode) => void): void {
  if (node.children === undefined) visit(node)
  else for (const child of node.children) eachLeaf(child, visit)
}
