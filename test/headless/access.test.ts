import { describe, expect, it } from 'vitest'
import type { IncomingHead } from '../../src-main/headless/access'
import { createGatekeeper, isLoopback } from '../../src-main/headless/access'

const TOKEN = 'correct-horse'
const head = (change: Partial<IncomingHead> = {}): IncomingHead => ({
  method: 'GET',
  target: '/',
  host: '127.0.0.1:8080',
  origin: undefined,
  cookie: `other=1; dingo-sandbox-8080=${TOKEN}`,
  ...change,
})
const gatekeeper = (bindHost = '127.0.0.1') => createGatekeeper({ bindHost, port: 8080, token: TOKEN })
const admission = (change: Partial<IncomingHead>, bindHost?: string) => gatekeeper(bindHost).admit(head(change)).kind

describe('the token', () => {
  it('is another one at each start, and too long to guess', () => {
    const addresses = [1, 2].map(() => createGatekeeper({ bindHost: '127.0.0.1', port: 8080 }).address)
    expect(addresses[0]).toMatch(/^http:\/\/127\.0\.0\.1:8080\/\?token=[\w-]{43}$/)
    expect(addresses[0]).not.toBe(addresses[1])
  })

  it('in the address is exchanged for a cookie that scripts and other sites cannot use', () => {
    const answer = gatekeeper().admit(head({ target: `/?token=${TOKEN}`, cookie: undefined }))
    expect(answer).toEqual({
      kind: 'exchange',
      setCookie: `dingo-sandbox-8080=${TOKEN}; HttpOnly; SameSite=Strict; Path=/`,
      location: '/',
    })
  })

  it.each([
    ['none', undefined],
    ['an empty one', 'dingo-sandbox-8080='],
    ['a wrong one', 'dingo-sandbox-8080=wrong'],
    ['one with more behind it', `dingo-sandbox-8080=${TOKEN}x`],
    ['that of a host on another port', `dingo-sandbox-8081=${TOKEN}`],
  ])('lets nobody in who brings %s', (_what, cookie) => {
    expect(admission({ cookie })).toBe('refused')
    expect(admission({ cookie, target: '/api/system.info' })).toBe('refused')
    expect(admission({ cookie, target: '/?token=wrong' })).toBe('refused')
    expect(admission({ cookie, target: `/assets/x.js?token=${TOKEN}` })).toBe('refused')
  })

  it('lets its bearer in', () => {
    expect(admission({})).toBe('admitted')
    expect(admission({ target: '/api/system.info' })).toBe('admitted')
  })
})

describe('the Host header', () => {
  it.each(['127.0.0.1:8080', 'localhost:8080', 'LOCALHOST:8080', '[::1]:8080'])('may be %s', (host) => {
    expect(admission({ host })).toBe('admitted')
  })

  it.each([
    undefined,
    '',
    'evil.example:8080',
    '127.0.0.1.evil.example:8080',
    'localhost.evil.example:8080',
    '127.0.0.1',
    '127.0.0.1:8081',
    '127.0.0.1:8080@evil.example',
    '192.168.1.5:8080',
    'localhost:8080:8080',
  ])('may not be %j', (host) => {
    expect(admission({ host })).toBe('refused')
  })

  it('may be an address, but no foreign name, when other machines are let in', () => {
    expect(admission({ host: '192.168.1.5:8080' }, '0.0.0.0')).toBe('admitted')
    expect(admission({ host: '[fe80::1]:8080' }, '::')).toBe('admitted')
    expect(admission({ host: 'box.lan:8080' }, 'box.lan')).toBe('admitted')
    expect(admission({ host: 'evil.example:8080' }, '0.0.0.0')).toBe('refused')
  })
})

describe('the Origin header', () => {
  it('must be that of the page, if there is one', () => {
    expect(admission({ origin: 'http://127.0.0.1:8080' })).toBe('admitted')
    for (const origin of [
      'null',
      'http://evil.example',
      'https://127.0.0.1:8080',
      'http://127.0.0.1:8081',
      'http://localhost:8080',
    ]) {
      expect(admission({ origin })).toBe('refused')
    }
  })

  it('must be there when something may be changed', () => {
    expect(admission({ method: 'POST' })).toBe('refused')
    expect(admission({ method: 'POST', origin: 'http://127.0.0.1:8080' })).toBe('admitted')
  })
})

describe('which addresses keep other machines out', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s does', (address) => {
    expect(isLoopback(address)).toBe(true)
  })
  it.each(['0.0.0.0', '::', '192.168.1.5', 'box.lan', '127.0.0.1.evil.example'])('%s does not', (address) => {
    expect(isLoopback(address)).toBe(false)
  })
})
