import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { describe, expect, it } from 'vitest'
import TreeView from '../../../src-renderer/ui/TreeView.vue'
import { jsonTree } from '../../../src-renderer/ui/json-tree'
import type { TreeNode } from '../../../src-renderer/ui/tree'

const nodes: readonly TreeNode[] = [
  { id: 'a', label: 'A', children: [{ id: 'a1', label: 'A1' }] },
  { id: 'b', label: 'B' },
]

async function tree() {
  const wrapper = mount(TreeView<TreeNode>, { props: { nodes, label: 'Things' }, attachTo: document.body })
  await nextTick()
  return wrapper
}

describe('a tree', () => {
  it('opens, walks into, walks out and closes with the arrow keys', async () => {
    const wrapper = await tree()
    const root = wrapper.get('[role=tree]')
    const labels = () => wrapper.findAll('[role=treeitem]').map((item) => item.text())
    expect(labels()).toEqual(['A', 'B'])
    await root.trigger('keydown', { key: 'ArrowRight' })
    expect(labels()).toEqual(['A', 'A1', 'B'])
    const inner = wrapper.findAll('[role=treeitem]')[1]
    expect(inner?.attributes()).toMatchObject({ 'aria-level': '2', 'aria-posinset': '1', 'aria-setsize': '1' })
    await root.trigger('keydown', { key: 'ArrowRight' })
    await root.trigger('keydown', { key: 'Enter' })
    await root.trigger('keydown', { key: 'ArrowLeft' })
    await root.trigger('keydown', { key: 'ArrowLeft' })
    expect(labels()).toEqual(['A', 'B'])
    expect(wrapper.emitted('select')).toEqual([[{ id: 'a1', label: 'A1' }]])
    wrapper.unmount()
  })
})

describe('a value of JSON as a tree', () => {
  it('keeps names, kinds and counts', () => {
    const root = jsonTree({ a: [1, 'x'], b: null })
    expect(root).toMatchObject({ kind: 'object', value: '{2}' })
    expect(root.children?.[0]).toMatchObject({ id: '$.a', name: 'a', kind: 'array', value: '[2]' })
    expect(root.children?.[0]?.children?.map(({ kind, value }) => [kind, value])).toEqual([
      ['number', '1'],
      ['string', '"x"'],
    ])
    expect(jsonTree({}).children).toBeUndefined()
  })
})
