import { mount } from '@vue/test-utils'
import { nextTick } from 'vue'
import { afterEach, describe, expect, it } from 'vitest'
import Tooltip from '../../../src-renderer/ui/Tooltip.vue'

afterEach(() => {
  document.body.innerHTML = ''
})

/** A button with a tooltip, beside one in the page and one in a dialog. */
function withTooltip() {
  const mounted = mount(
    {
      components: { Tooltip },
      template: `<div>
        <button id="beside">beside</button>
        <div role="dialog"><input id="typed" /></div>
        <Tooltip text="What it does"><button id="control">control</button></Tooltip>
      </div>`,
    },
    { attachTo: document.body },
  )
  const focus = async (id: string, from: string | undefined) => {
    document.getElementById(id)?.focus()
    // Where the focus comes from is what the browser would tell.
    const relatedTarget = from === undefined ? null : document.getElementById(from)
    document.getElementById(id)?.dispatchEvent(new FocusEvent('focus', { relatedTarget }))
    await nextTick()
  }
  return { mounted, focus }
}

describe('a tooltip', () => {
  it('shows when the keys bring the focus from another control', async () => {
    const { mounted, focus } = withTooltip()
    await focus('control', 'beside')
    expect(document.body.textContent).toContain('What it does')
    mounted.unmount()
  })

  it.each([
    ['a dialog that closes', 'typed'],
    ['nowhere, as when the window is come back to', undefined],
  ])('stays away when the focus comes back from %s', async (_from, id) => {
    const { mounted, focus } = withTooltip()
    await focus('control', id)
    expect(document.body.textContent).not.toContain('What it does')
    mounted.unmount()
  })
})
