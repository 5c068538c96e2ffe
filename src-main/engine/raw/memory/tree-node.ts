import type { RawEntry } from '../raw-engine'
import { compareBytes } from '../key-range'

/** Most entries of a leaf and most children of a branch. */
export const nodeCapacity = 64
/** A node this small is joined with a neighbour if both fit well into one. */
const smallNode = nodeCapacity / 4
const joinedNode = (nodeCapacity * 3) / 4

/** Whose changes a node may take in place. A node of another edit is shared with a frozen tree and copied before a change. */
export type Edit = object

/** Entries in the order of their keys. */
export interface Leaf {
  readonly kind: 'leaf'
  readonly edit: Edit
  readonly entries: RawEntry[]
}

/** Children in the order of their keys. `separators[i]` is at most the smallest key below `children[i + 1]` and above all below `children[i]`. */
export interface Branch {
  readonly kind: 'branch'
  readonly edit: Edit
  readonly separators: Uint8Array[]
  readonly children: TreeNode[]
}

export type TreeNode = Leaf | Branch

/** How many entries or children a node has. */
export function widthOf(node: TreeNode): number {
  return node.kind === 'leaf' ? node.entries.length : node.children.length
}

/** The node itself if this edit may change it, else a copy that it may. */
export function editable(node: Leaf, edit: Edit): Leaf
export function editable(node: Branch, edit: Edit): Branch
export function editable(node: TreeNode, edit: Edit): TreeNode {
  if (node.edit === edit) return node
  if (node.kind === 'leaf') return { kind: 'leaf', edit, entries: node.entries.slice() }
  return { kind: 'branch', edit, separators: node.separators.slice(), children: node.children.slice() }
}

/** Index of the first entry whose key is not below `key`. */
export function lowerBound(entries: readonly RawEntry[], key: Uint8Array): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes((entries[middle] as RawEntry).key, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Index of the child that holds `key` if any does. */
export function childIndex(branch: Branch, key: Uint8Array): number {
  let low = 0
  let high = branch.separators.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (compareBytes(branch.separators[middle] as Uint8Array, key) <= 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The right half of a node that has grown too wide, with the separator that goes between; the node keeps the left half. */
export function split(node: TreeNode): { separator: Uint8Array; right: TreeNode } {
  if (node.kind === 'leaf') {
    const entries = node.entries.splice(node.entries.length >>> 1)
    return { separator: (entries[0] as RawEntry).key, right: { kind: 'leaf', edit: node.edit, entries } }
  }
  const middle = node.children.length >>> 1
  const children = node.children.splice(middle)
  const separators = node.separators.splice(middle)
  const separator = node.separators.pop() as Uint8Array
  return { separator, right: { kind: 'branch', edit: node.edit, separators, children } }
}

/** Joins the child at `index` with a neighbour if it is small and both fit into one. `branch` must be editable. */
export function joinIfSmall(branch: Branch, index: number): void {
  const child = branch.children[index]
  if (child === undefined || widthOf(child) > smallNode || branch.children.length < 2) return
  const left = index > 0 ? index - 1 : index
  const first = branch.children[left] as TreeNode
  const second = branch.children[left + 1] as TreeNode
  if (widthOf(first) + widthOf(second) > joinedNode) return
  const separator = branch.separators[left] as Uint8Array
  branch.children.splice(left, 2, joined(first, second, separator, branch.edit))
  branch.separators.splice(left, 1)
}

function joined(first: TreeNode, second: TreeNode, separator: Uint8Array, edit: Edit): TreeNode {
  if (first.kind === 'leaf' && second.kind === 'leaf') {
    return { kind: 'leaf', edit, entries: [...first.entries, ...second.entries] }
  }
  // Neighbours stand at the same depth, so they are of one kind.
  const [left, right] = [first as Branch, second as Branch]
  const separators = [...left.separators, separator, ...right.separators]
  return { kind: 'branch', edit, separators, children: [...left.children, ...right.children] }
}

/** Takes the children from `from` to `to` (excluded) out of an editable branch. */
export function removeChildren(branch: Branch, from: number, to: number): void {
  if (to <= from) return
  branch.children.splice(from, to - from)
  // Each child but the first has its separator before it; when the first goes, so does the separator behind it.
  branch.separators.splice(Math.max(from - 1, 0), to - from)
}
