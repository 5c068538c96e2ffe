import { describe, expect, it } from 'vitest'
import { fromLevel } from '../../../src-main/engine/raw/level/level-errors'
import { fromRocks } from '../../../src-main/engine/raw/rocks/rocks-errors'

describe.each([
  ['RocksDB', fromRocks],
  ['LevelDB', fromLevel],
])('an error of %s', (_, from) => {
  it.each([
    ['IO error: No space left on device: While appending to file: /data/000012.log: No space left on device'],
    ['IO error: /data/000012.log: Disk quota exceeded'],
  ])('says that the disk is full where the system does: %s', (sentence) => {
    expect(from(new Error(sentence), 'write', '/data').code).toBe('DISK_FULL')
  })

  it('is one of input and output where nothing more is known', () => {
    expect(from(new Error('IO error: While fsync: /data/000012.log: Input/output error'), 'write', '/data').code).toBe(
      'ENGINE_IO',
    )
  })
})
