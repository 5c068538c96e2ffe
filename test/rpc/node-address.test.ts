import { expect, test } from 'vitest'
import { checkAddress } from '../../src-main/rpc/grpc/check-address'
import { nodeAddress } from '../../src-main/rpc/node-address'

test.each([
  ['127.0.0.1', '127.0.0.1:20001'],
  ['store-1.example', 'store-1.example:20001'],
  ['::1', '[::1]:20001'],
])('a node on the host %s is addressed as %s, which channels take', (host, address) => {
  expect(nodeAddress({ host, port: 20_001 })).toBe(address)
  expect(() => {
    checkAddress(address)
  }).not.toThrow()
})
