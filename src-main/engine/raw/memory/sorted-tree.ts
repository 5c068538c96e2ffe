import { compareBytes } from '../key-range'
import type { KeyRange } from '../key-range'
import type { RawEntry } from '../raw-engine'
import {
  childIndex,
  editable,
  joinIfSmall,
  lowerBound,
  nodeCapacity,
  removeChildren,
  split,
  widthOf,
} from './tree-node'
import type { Edit, Leaf, TreeNode } from './tree-node'

/** A tree as it was when it was frozen; it never changes. Undefined is the empty tree. */
export type FrozenTree = TreeNode | undefined

/**
 * Bytes to bytes in byte order: a B+ tree that changes in place until it is frozen and copies a path of nodes for the first
 * change after. So a snapshot costs nothing when it is taken, and what it shares with the tree is never changed under it.
 * Keeps the arrays that it is given.
 */
export class SortedTree {
  #root: FrozenTree
  #edit: Edit = {}
  #entries = 0
  #bytes = 0

  /** Number of entries. */
  get entries(): number {
    return this.#entries
  }

  /** Bytes of all keys and values. */
  get bytes(): number {
    return this.#bytes
  }

  /** The tree as it is now, for reading from later. */
  freeze(): FrozenTree {
    // Every node so far belongs to an edit that is over, so that the next change copies what it touches.
    this.#edit = {}
    return this.#root
  }

  get(key: Uint8Array): Uint8Array | undefined {
    return getFrom(this.#root, key)
  }

  put(key: Uint8Array, value: Uint8Array): void {
    this.#root ??= { kind: 'leaf', edit: this.#edit, entries: [] }
    this.#root = this.#putInto(this.#root, { key, value })
    if (widthOf(this.#root) <= nodeCapacity) return
    const { separator, right } = split(this.#root)
    this.#root = { kind: 'branch', edit: this.#edit, separators: [separator], children: [this.#root, right] }
  }

  delete(key: Uint8Array): void {
    if (this.#root === undefined || this.get(key) === undefined) return
    this.#setRoot(this.#deleteFrom(this.#root, key))
  }

  deleteRange(range: KeyRange): void {
    if (this.#root === undefined) return
    this.#setRoot(this.#deleteRangeFrom(this.#root, range.start, range.end))
  }

  /** A root that has shrunk to one child is that child. */
  #setRoot(root: TreeNode): void {
    let top = root
    while (top.kind === 'branch' && top.children.length === 1) top = top.children[0] as TreeNode
    this.#root = widthOf(top) === 0 ? undefined : top
  }

  /** Gives the changed node, which may be one too wide: its parent splits it. */
  #putInto(node: TreeNode, entry: RawEntry): TreeNode {
    if (node.kind === 'leaf') return this.#putIntoLeaf(node, entry)
    const branch = editable(node, this.#edit)
    const index = childIndex(branch, entry.key)
    const child = this.#putInto(branch.children[index] as TreeNode, entry)
    branch.children[index] = child
    if (widthOf(child) > nodeCapacity) {
      const { separator, right } = split(child)
      branch.children.splice(index + 1, 0, right)
      branch.separators.splice(index, 0, separator)
    }
    return branch
  }

  #putIntoLeaf(node: Leaf, entry: RawEntry): Leaf {
    const leaf = editable(node, this.#edit)
    const index = lowerBound(leaf.entries, entry.key)
    const before = leaf.entries[index]
    if (before !== undefined && compareBytes(before.key, entry.key) === 0) {
      this.#bytes += entry.value.length - before.value.length
      leaf.entries[index] = entry
    } else {
      this.#count(entry, 1)
      leaf.entries.splice(index, 0, entry)
    }
    return leaf
  }

  #deleteFrom(node: TreeNode, key: Uint8Array): TreeNode {
    if (node.kind === 'leaf') {
      const leaf = editable(node, this.#edit)
      const [gone] = leaf.entries.splice(lowerBound(leaf.entries, key), 1)
      this.#count(gone as RawEntry, -1)
      return leaf
    }
    const branch = editable(node, this.#edit)
    const index = childIndex(branch, key)
    const child = this.#deleteFrom(branch.children[index] as TreeNode, key)
    branch.children[index] = child
    if (widthOf(child) === 0) removeChildren(branch, index, index + 1)
    else joinIfSmall(branch, index)
    return branch
  }

  #deleteRangeFrom(node: TreeNode, start: Uint8Array | undefined, end: Uint8Array | undefined): TreeNode {
    if (node.kind === 'leaf') {
      const from = start === undefined ? 0 : lowerBound(node.entries, start)
      const to = end === undefined ? node.entries.length : lowerBound(node.entries, end)
      if (to <= from) return node
      const leaf = editable(node, this.#edit)
      for (const gone of leaf.entries.splice(from, to - from)) this.#count(gone, -1)
      return leaf
    }
    const first = start === undefined ? 0 : childIndex(node, start)
    const last = end === undefined ? node.children.length - 1 : childIndex(node, end)
    const branch = editable(node, this.#edit)
    // From right to left, so that indexes to the left stay true.
    for (let index = last; index >= first; index--) {
      const child = branch.children[index] as TreeNode
      const startsInside = index > first || start === undefined
      const endsInside = index < last || end === undefined
      if (startsInside && endsInside) {
        this.#uncount(child)
        removeChildren(branch, index, index + 1)
      } else {
        const rest = this.#deleteRangeFrom(child, startsInside ? undefined : start, endsInside ? undefined : end)
        if (widthOf(rest) === 0) removeChildren(branch, index, index + 1)
        else branch.children[index] = rest
      }
    }
    // Only now: a child joined while its neighbour waits for its own part of the range would be cut at the wrong place.
    joinIfSmall(branch, first + 1)
    joinIfSmall(branch, first)
    return branch
  }

  #uncount(node: TreeNode): void {
    if (node.kind === 'leaf') for (const entry of node.entries) this.#count(entry, -1)
    else for (const child of node.children) this.#uncount(child)
  }

  #count(entry: RawEntry, sign: 1 | -1): void {
    this.#entries += sign
    this.#bytes += sign * (entry.key.length + entry.value.length)
  }
}

/** The value of a key in a tree. */
export function getFrom(tree: FrozenTree, key: Uint8Array): Uint8Array | undefined {
  if (tree === undefined) return undefined
  let node = tree
  while (node.kind === 'branch') node = node.children[childIndex(node, key)] as TreeNode
  const found = node.entries[lowerBound(node.entries, key)]
  return found !== undefined && compareBytes(found.key, key) === 0 ? found.value : undefined
}

/** The entries of a range, forwards or backwards. */
export function* entriesOf(tree: FrozenTree, range: KeyRange, reverse: boolean): Generator<RawEntry, void> {
  if (tree === undefined) return
  const { start, end } = range
  if (tree.kind === 'leaf') {
    const from = start === undefined ? 0 : lowerBound(tree.entries, start)
    const to = end === undefined ? tree.entries.length : lowerBound(tree.entries, end)
    if (!reverse) for (let index = from; index < to; index++) yield tree.entries[index] as RawEntry
    else for (let index = to - 1; index >= from; index--) yield tree.entries[index] as RawEntry
    return
  }
  const first = start === undefined ? 0 : childIndex(tree, start)
  const last = end === undefined ? tree.children.length - 1 : childIndex(tree, end)
  if (!reverse) for (let index = first; index <= last; index++) yield* entriesOf(tree.children[index], range, reverse)
  else for (let index = last; index >= first; index--) yield* entriesOf(tree.children[index], range, reverse)
}
