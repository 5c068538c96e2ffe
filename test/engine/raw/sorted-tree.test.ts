import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareBytes, rangeContains } from '../../../src-main/engine/raw/key-range'
import type { KeyRange } from '../../../src-main/engine/raw/key-range'
import { SortedTree, entriesOf, getFrom } from '../../../src-main/engine/raw/memory/sorted-tree'
import type { FrozenTree } from '../../../src-main/engine/raw/memory/sorted-tree'
import { nodeCapacity, widthOf } from '../../../src-main/engine/raw/memory/tree-node'
import type { TreeNode } from '../../../src-main/engine/raw/memory/tree-node'

type Model = Map<number, number>

/** Two bytes, so that order of keys is order of numbers. */
const keyOf = (number: number): Uint8Array => Uint8Array.from([number >> 8, number & 0xff])
const numberOf = (key: Uint8Array): number => ((key[0] ?? 0) << 8) | (key[1] ?? 0)

const number = fc.integer({ min: 0, max: 3000 })
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('fill' as const), from: number, count: fc.nat(400) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete' as const), from: number, count: fc.nat(60) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('range' as const), from: number, count: fc.nat(1200) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('open' as const), from: number, count: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('freeze' as const), from: number, count: fc.nat(1) }) },
)

describe('SortedTree', () => {
  it('holds what a map holds, and frozen trees what it held', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const tree = new SortedTree()
        const model: Model = new Map()
        const frozen: Array<{ tree: FrozenTree; expected: Model }> = []
        for (const [index, { kind, from, count }] of steps.entries()) {
          if (kind === 'fill') {
            // A stride, so that entries go between others and not only behind them.
            for (let n = 0; n < count; n++) put(tree, model, (from + n * 7) % 3001, index)
          } else if (kind === 'delete') {
            for (let n = 0; n < count; n++) {
              tree.delete(keyOf(from + n))
              model.delete(from + n)
            }
          } else if (kind === 'range') {
            deleteRange(tree, model, { start: keyOf(from), end: keyOf(from + count) })
          } else if (kind === 'open') {
            deleteRange(tree, model, count === 0 ? { start: keyOf(from) } : { end: keyOf(from) })
          } else {
            frozen.push({ tree: tree.freeze(), expected: new Map(model) })
          }
          checkShape(tree.freeze())
        }
        frozen.push({ tree: tree.freeze(), expected: model })
        for (const moment of frozen) expectSame(moment.tree, moment.expected)
        expect(tree.entries).toBe(model.size)
        expect(tree.bytes).toBe(model.size * 3)
      }),
      { numRuns: 150 },
    )
  })

  it('reads any range both ways', () => {
    const tree = new SortedTree()
    for (let n = 0; n < 3000; n += 3) tree.put(keyOf(n), Uint8Array.from([1]))
    const frozen = tree.freeze()
    fc.assert(
      fc.property(fc.option(number), fc.option(number), fc.boolean(), (start, end, reverse) => {
        if (start !== null && end !== null && start > end) return
        const range = { start: start === null ? undefined : keyOf(start), end: end === null ? undefined : keyOf(end) }
        const read = [...entriesOf(frozen, range, reverse)].map(({ key }) => numberOf(key))
        const expected = Array.from({ length: 1000 }, (_, n) => n * 3).filter((n) => rangeContains(range, keyOf(n)))
        expect(read).toEqual(reverse ? expected.reverse() : expected)
      }),
    )
  })

  it('changes in place until it is frozen, and copies one path after', () => {
    const tree = new SortedTree()
    for (let n = 0; n < 3000; n++) tree.put(keyOf(n), Uint8Array.from([1]))
    const before = nodesOf(tree.freeze())
    tree.put(keyOf(7), Uint8Array.from([2]))
    tree.put(keyOf(7), Uint8Array.from([3]))
    const copied = [...nodesOf(tree.freeze())].filter((node) => !before.has(node))
    expect(copied.length).toBeLessThanOrEqual(3)
  })
})

function put(tree: SortedTree, model: Model, key: number, value: number): void {
  tree.put(keyOf(key), Uint8Array.from([value]))
  model.set(key, value)
}

function deleteRange(tree: SortedTree, model: Model, range: KeyRange): void {
  tree.deleteRange(range)
  for (const key of [...model.keys()]) if (rangeContains(range, keyOf(key))) model.delete(key)
}

function expectSame(tree: FrozenTree, expected: Model): void {
  const entries = [...entriesOf(tree, {}, false)].map(({ key, value }) => [numberOf(key), value[0]])
  expect(entries).toEqual([...expected].sort(([left], [right]) => left - right))
  for (const [key, value] of expected) expect(getFrom(tree, keyOf(key))).toEqual(Uint8Array.from([value]))
}

/** All leaves at one depth, no empty node, none too wide, separators between their neighbours. */
function checkShape(root: FrozenTree): void {
  if (root === undefined) return
  const depths = new Set<number>()
  const visit = (node: TreeNode, depth: number, low?: Uint8Array, high?: Uint8Array): void => {
    expect(widthOf(node)).toBeGreaterThan(0)
    expect(widthOf(node)).toBeLessThanOrEqual(nodeCapacity)
    if (node.kind === 'leaf') {
      depths.add(depth)
      for (const { key } of node.entries) {
        if (low !== undefined) expect(compareBytes(low, key)).toBeLessThanOrEqual(0)
        if (high !== undefined) expect(compareBytes(key, high)).toBeLessThan(0)
      }
      return
    }
    expect(node.separators).toHaveLength(node.children.length - 1)
    node.children.forEach((child, index) => {
      visit(child, depth + 1, node.separators[index - 1] ?? low, node.separators[index] ?? high)
    })
  }
  visit(root, 0)
  expect(depths.size).toBe(1)
}

function nodesOf(root: FrozenTree): Set<TreeNode> {
  const nodes = new Set<TreeNode>()
  const visit = (node: TreeNode): void => {
    nodes.add(node)
    if (node.kind === 'branch') node.children.forEach(visit)
  }
  if (root !== undefined) visit(root)
  return nodes
}
