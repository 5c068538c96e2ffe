/** A node of a TreeView. */
export interface TreeNode {
  /** Unique in the tree. */
  readonly id: string
  readonly label: string
  /** Quieter, behind the label: how many, or of what kind. */
  readonly note?: string | undefined
  /** Absent: a leaf. */
  readonly children?: readonly TreeNode[] | undefined
}

/** A node in view. */
export interface TreeLine<Node extends TreeNode> {
  readonly node: Node
  /** From 1. */
  readonly level: number
  /** Its place among its siblings, from 1, and how many they are. */
  readonly place: number
  readonly siblings: number
  readonly parentId: string | undefined
}

/** The nodes in view, from top to bottom: all but those below a closed one. */
export function visibleLines<Node extends TreeNode>(
  nodes: readonly Node[],
  expanded: ReadonlySet<string>,
): ReadonlyArray<TreeLine<Node>> {
  const lines: Array<TreeLine<Node>> = []
  const add = (siblings: readonly Node[], level: number, parentId: string | undefined) => {
    for (const [at, node] of siblings.entries()) {
      lines.push({ node, level, place: at + 1, siblings: siblings.length, parentId })
      if (node.children && expanded.has(node.id)) add(node.children as readonly Node[], level + 1, node.id)
    }
  }
  add(nodes, 1, undefined)
  return lines
}
