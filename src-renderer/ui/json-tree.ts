import type { TreeNode } from './tree'

/** A value of JSON as a node of a tree. */
export interface JsonNode extends TreeNode {
  readonly name: string | undefined
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'other'
  /** A leaf's value as JSON writes it; of the others, how many there are inside. */
  readonly value: string
  readonly children?: readonly JsonNode[]
}

/** The tree of a value. @param id of the root; every node's is its path from there */
export function jsonTree(value: unknown, id = '$', name: string | undefined = undefined): JsonNode {
  const label = name ?? ''
  if (Array.isArray(value)) {
    const children = value.map((each: unknown, at) => jsonTree(each, `${id}.${at}`, String(at)))
    return { id, name, label, kind: 'array', value: `[${children.length}]`, ...(children.length > 0 && { children }) }
  }
  if (typeof value === 'object' && value !== null) {
    const children = Object.entries(value).map(([key, each]) => jsonTree(each, `${id}.${key}`, key))
    return { id, name, label, kind: 'object', value: `{${children.length}}`, ...(children.length > 0 && { children }) }
  }
  const kind = typeof value === 'string' ? 'string' : typeof value === 'number' ? 'number' : 'other'
  return { id, name, label, kind, value: JSON.stringify(value) ?? 'undefined' }
}

/** Ids of the nodes down to a depth, to have them open at first. */
export function idsDownTo(node: JsonNode, depth: number): readonly string[] {
  if (depth <= 0 || node.children === undefined) return []
  return [node.id, ...node.children.flatMap((child) => idsDownTo(child, depth - 1))]
}
