import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { anchorOf, linkCurve } from '../../../../src-renderer/features/cluster/link-geometry'
import type { Point } from '../../../../src-renderer/features/cluster/link-geometry'
import type { LinkMarks, MarkedLink } from '../../../../src-renderer/features/cluster/link-marks'
import { LABEL_HALF, placeMarks, SIGN_RADIUS } from '../../../../src-renderer/features/cluster/link-marks'
import { layOutPicture } from '../../../../src-renderer/features/cluster/picture-layout'

const layout = layOutPicture(3, 3, 1_000)
const anchors = new Map<string, Point>([
  ...layout.coordinators.map((box, at) => [`C${String(at + 1)}`, anchorOf(box, 'coordinator')] as const),
  ...layout.stores.map((box, at) => [`S${String(at + 1)}`, anchorOf(box, 'store')] as const),
])
const names = [...anchors.keys()]
const pairs = names.flatMap((one, at) => names.slice(at + 1).map((other) => [one, other] as const))

function link(one: string, other: string, isCut: boolean, labelWidth: number): MarkedLink {
  const [first = { x: 0, y: 0 }, second = { x: 0, y: 0 }] = [anchors.get(one), anchors.get(other)]
  return { key: `${one}-${other}`, curve: linkCurve(first, second, layout.band), isCut, labelWidth }
}

interface Rectangle {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** What the marks cover. */
function rectangles(links: readonly MarkedLink[], marks: ReadonlyMap<string, LinkMarks>): readonly Rectangle[] {
  const around = ({ x, y }: { readonly x: number; readonly y: number }, wide: number, high: number) => ({
    left: x - wide,
    right: x + wide,
    top: y - high,
    bottom: y + high,
  })
  return links.flatMap(({ key, labelWidth }) => {
    const { sign, label } = marks.get(key) ?? { sign: undefined, label: undefined }
    return [
      ...(sign === undefined ? [] : [around(sign, SIGN_RADIUS, SIGN_RADIUS)]),
      ...(label === undefined ? [] : [around(label, labelWidth / 2, LABEL_HALF)]),
    ]
  })
}

const meet = (one: Rectangle, other: Rectangle) =>
  one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom

function expectApart(links: readonly MarkedLink[]): void {
  const all = rectangles(links, placeMarks(links, layout))
  expect(all).toHaveLength(
    links.filter(({ isCut }) => isCut).length + links.filter((each) => each.labelWidth > 0).length,
  )
  for (const [at, one] of all.entries()) {
    expect(all.slice(at + 1).filter((other) => meet(one, other))).toEqual([])
    expect(one.top).toBeGreaterThanOrEqual(layout.band.top)
    expect(one.bottom).toBeLessThanOrEqual(layout.band.bottom)
  }
}

describe('the marks of links', () => {
  it('do not lie upon each other where lines cross in the middle of the picture', () => {
    expectApart([link('C1', 'S3', true, 0), link('C3', 'S1', true, 60), link('C2', 'S2', false, 60)])
  })

  it('stand in the middle of a line that is alone, the label below the sign', () => {
    const alone = link('C1', 'S2', true, 60)
    const middle = alone.curve.at(0.5)
    const { sign, label } = placeMarks([alone], layout).get(alone.key) ?? {}
    expect(sign).toEqual(middle)
    expect(label).toEqual({ x: middle.x, y: middle.y + 20 })
    const late = link('C1', 'S2', false, 60)
    expect(placeMarks([late], layout).get(late.key)).toMatchObject({
      sign: undefined,
      label: { x: middle.x, y: middle.y },
    })
  })

  it('find places for any few links, in the band between the rows', () => {
    const marked = fc
      .tuple(fc.constantFrom(...pairs), fc.boolean(), fc.constantFrom(0, 55, 75))
      .map(([[one, other], isCut, labelWidth]) => link(one, other, isCut || labelWidth === 0, labelWidth))
    fc.assert(fc.property(fc.uniqueArray(marked, { maxLength: 5, selector: ({ key }) => key }), expectApart), {
      numRuns: 500,
    })
  })

  it('stay in the picture beside its edge', () => {
    const wide = link('C1', 'S1', false, 900)
    expect(placeMarks([wide], layout).get(wide.key)?.label?.x).toBeGreaterThanOrEqual(450)
  })
})
