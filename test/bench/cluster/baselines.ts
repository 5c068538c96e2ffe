import { randomBytes } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { RealDisk } from '../../../src-main/env/real'
import { RawWriteBatch } from '../../../src-main/engine/raw'
import { RawRocksEngine } from '../../../src-main/engine/raw/rocks/raw-rocks-engine'

/** Keeps `underWay` calls going for a time. */
async function perSecond(underWay: number, measureMs: number, call: () => Promise<void>): Promise<number> {
  let count = 0
  const until = performance.now() + measureMs
  const lane = async () => {
    while (performance.now() < until) {
      await call()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: underWay }, lane))
  return (count * 1000) / measureMs
}

/** Records of the same size written together and made durable together, one write + fdatasync for all that wait: what the disk allows. */
export async function bareDisk(directory: string, underWay: number, bytes: number, measureMs: number): Promise<number> {
  const file = await open(join(directory, `bare-${String(underWay)}`), 'w')
  const block = randomBytes(bytes * underWay)
  let position = 0
  try {
    const batches = await perSecond(1, measureMs, async () => {
      await file.write(block, 0, block.length, position)
      await file.datasync()
      position += block.length
    })
    return batches * underWay
  } finally {
    await file.close()
  }
}

/** Puts and gets through the raw RocksDB engine of one node, without log and network. */
export async function rawEngine(
  directory: string,
  underWay: number,
  options: { readonly keyCount: number; readonly valueBytes: number; readonly measureMs: number },
): Promise<{ readonly put: number; readonly get: number }> {
  const engine = await RawRocksEngine.open({
    directory: join(directory, `raw-${String(underWay)}`),
    disk: new RealDisk(),
  })
  const value = randomBytes(options.valueBytes)
  const keys = Array.from({ length: options.keyCount }, (_, index) => Buffer.from(String(index).padStart(16, '0')))
  const anyKey = () => keys[Math.floor(Math.random() * keys.length)] ?? Buffer.from('0')
  try {
    const fill = new RawWriteBatch()
    for (const key of keys) fill.put(key, value)
    await engine.write(fill)
    const put = await perSecond(underWay, options.measureMs, async () => {
      const batch = new RawWriteBatch()
      batch.put(anyKey(), value)
      await engine.write(batch)
    })
    const get = await perSecond(underWay, options.measureMs, async () => {
      await engine.get(anyKey())
    })
    return { put, get }
  } finally {
    await engine.close()
  }
}
