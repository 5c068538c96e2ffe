import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import SplitPanes from '../../../src-renderer/ui/SplitPanes.vue'

describe('panes', () => {
  it('are resized by the arrow keys, within bounds, in the sense of the line', async () => {
    const panes = mount(SplitPanes, { props: { label: 'Width', size: 130, min: 120, max: 160, sized: 'second' } })
    const line = panes.get('[role=separator]')
    expect(line.attributes()).toMatchObject({
      'aria-orientation': 'vertical',
      'aria-valuenow': '130',
      'aria-label': 'Width',
    })
    const sizes = () => panes.emitted('update:size')?.flat()
    await line.trigger('keydown', { key: 'ArrowLeft' })
    await panes.setProps({ size: 146 })
    await line.trigger('keydown', { key: 'ArrowRight' })
    await panes.setProps({ size: 130 })
    await line.trigger('keydown', { key: 'ArrowRight' })
    await line.trigger('keydown', { key: 'End' })
    expect(sizes()).toEqual([146, 130, 120, 160])
  })
})
