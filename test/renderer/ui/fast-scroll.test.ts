import { nextTick, ref } from 'vue'
import { describe, expect, it } from 'vitest'
import { useFastScroll } from '../../../src-renderer/ui/fast-scroll'

function start(heightPx = 500) {
  const isScrolling = ref(true)
  const { isFast, scrolled } = useFastScroll(() => heightPx, isScrolling)
  let topPx = 0
  let timeStamp = 1_000
  const move = (byPx: number, afterMs = 17) => {
    topPx += byPx
    timeStamp += afterMs
    scrolled({ timeStamp }, topPx)
    return isFast.value
  }
  return { isScrolling, isFast, move }
}

describe('scrolling', () => {
  it('is fast from the second leap on, in either direction, until it slows', () => {
    const { move } = start()
    expect([move(250), move(250), move(-700), move(120), move(500), move(500)]).toEqual([
      ...[false, true, true, false],
      ...[false, true],
    ])
  })

  it('is not fast by the wheel, by single leaps, or while the height is not known', () => {
    const wheel = start()
    expect([wheel.move(120), wheel.move(249), wheel.move(249)]).toEqual([false, false, false])
    const keys = start()
    expect([keys.move(50_000), keys.move(500, 60), keys.move(500, 60)]).toEqual([false, false, false])
    const unseen = start(0)
    expect([unseen.move(500), unseen.move(500)]).toEqual([false, false])
  })

  it('is not fast any more when it has come to rest', async () => {
    const { isScrolling, isFast, move } = start()
    move(500)
    expect(move(500)).toBe(true)
    isScrolling.value = false
    await nextTick()
    expect(isFast.value).toBe(false)
    isScrolling.value = true
    await nextTick()
    expect(move(500)).toBe(false)
  })
})
