import { describe, expect, it } from 'vitest'
import type { Gate } from '../../src-main/flow/gate'
import type { StageMoment } from '../../src-main/flow/gate-matcher'
import { GateMatcher } from '../../src-main/flow/gate-matcher'
import { gate } from './flow-harness'

const bytes = (text: string) => new TextEncoder().encode(text)
const moment: StageMoment = {
  stage: 'raft.send',
  nodeId: 1,
  nodeName: 'store-1',
  regionId: 80001,
  operation: 'KvPut',
  key: bytes('user-42'),
  index: 7,
  term: 2,
  messageType: 'MsgApp',
  peerName: 'store-2',
}
const begin = (...prefixes: string[]) => ({ prefixes: prefixes.map(bytes), table: undefined })
const armed = (fields: Partial<Gate>) => {
  const matcher = new GateMatcher(1)
  matcher.set([{ ...gate(fields), gateId: 'g' }])
  return matcher
}

describe('a gate of a node', () => {
  it.each<[Partial<Gate>, Partial<Gate>]>([
    [{ nodeId: 1 }, { nodeId: 2 }],
    [{ isEnabled: true }, { isEnabled: false }],
    [{ stage: 'raft.send' }, { stage: 'raft.ack' }],
    [{ regionId: 80001 }, { regionId: 80002 }],
    [{ operation: 'KvPut' }, { operation: 'KvGet' }],
    [{ messageType: 'MsgApp' }, { messageType: 'MsgAppResp' }],
    [{ keys: begin('user-') }, { keys: begin('users') }],
    [{ keys: begin('x', 'user-') }, { keys: begin('x', 'users', 'user-1-and-more-than-there-is') }],
    [{ condition: 'index > 6' }, { condition: 'index > 7' }],
  ])('with %j stops what with %j passes', (stopping, passing) => {
    expect(armed(stopping).match(moment)?.gateId).toBe('g')
    expect(armed(passing).match(moment)).toBeUndefined()
  })

  it('keeps its count while it stays the same, and tells each hit once', () => {
    const matcher = armed({ stage: 'raft.send', keys: begin('user-'), hitCount: 2 })
    expect(matcher.match(moment)).toBeUndefined()
    expect(matcher.takeHits()).toEqual([['g', 1]])
    expect(matcher.takeHits()).toEqual([])
    matcher.set([{ ...gate({ stage: 'raft.send', keys: begin('user-'), hitCount: 2 }), gateId: 'g' }])
    expect(matcher.match(moment)?.gateId).toBe('g')
  })

  it('keeps its count while it is switched off, and is not asked meanwhile', () => {
    const counted = { ...gate({ stage: 'raft.send', messageType: 'MsgApp', hitCount: 2 }), gateId: 'g' }
    const matcher = new GateMatcher(1)
    matcher.set([counted])
    expect(matcher.match(moment)).toBeUndefined()
    matcher.set([{ ...counted, isEnabled: false }])
    expect(matcher.match(moment)).toBeUndefined()
    expect(matcher.takeHits()).toEqual([['g', 1]])
    expect(matcher.isArmed).toBe(false)
    expect(matcher.mayStop('KvPut', 80001, undefined)).toBe(false)
    expect(matcher.mayStopMessage('MsgApp')).toBe(false)
    matcher.set([counted])
    expect(matcher.match(moment)?.gateId).toBe('g')
  })

  it.each<Partial<Gate>>([
    { condition: 'index > 1' },
    { stage: undefined },
    { nodeId: 1 },
    { regionId: 80001 },
    { operation: 'KvPut' },
    { messageType: 'MsgApp' },
    { keys: begin('user-4') },
    { keys: undefined },
  ])('counts anew once it matches something else: %j', (fields) => {
    const before = { ...gate({ stage: 'raft.send', keys: begin('user-'), hitCount: 2 }), gateId: 'g' }
    const matcher = new GateMatcher(1)
    matcher.set([before])
    expect(matcher.match(moment)).toBeUndefined()
    matcher.set([{ ...before, ...fields }])
    expect(matcher.match(moment)).toBeUndefined()
    expect(matcher.match(moment)?.gateId).toBe('g')
  })

  it('has operations of its keys followed, and no others', () => {
    const matcher = armed({ keys: begin('users', 'user-') })
    expect(matcher.mayStop('KvPut', undefined, bytes('user-42'))).toBe(true)
    expect(matcher.mayStop('KvPut', undefined, bytes('use'))).toBe(false)
    expect(matcher.mayStop('KvPut', undefined, undefined)).toBe(false)
  })

  it('waits for messages of its type that belong to no operation, unless it is about one', () => {
    expect(armed({ messageType: 'MsgHeartbeat' }).mayStopMessage('MsgHeartbeat')).toBe(true)
    expect(armed({ messageType: 'MsgHeartbeat', operation: 'KvPut' }).mayStopMessage('MsgHeartbeat')).toBe(false)
  })
})
