import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SandboxError } from '../../base/sandbox-error'
import type { ErrorCode } from '../../base/error-codes'
import type { Disk, DiskFile } from '../disk'

/** A disk to try, and an empty directory on it that nobody else uses. */
export interface DiskUnderTest {
  readonly disk: Disk
  /** Absolute, existing, empty. */
  readonly directory: string
  /** Frees what the factory made. */
  dispose(): Promise<void>
}

/** Says what every {@link Disk} does; each implementation runs it. */
export function diskConformance(name: string, factory: () => Promise<DiskUnderTest>): void {
  describe(`disk conformance: ${name}`, () => {
    let underTest: DiskUnderTest
    let disk: Disk
    let at: (relative: string) => string

    beforeEach(async () => {
      underTest = await factory()
      disk = underTest.disk
      at = (relative) => `${underTest.directory}/${relative}`
    })
    afterEach(() => underTest.dispose())

    const create = (relative: string): Promise<DiskFile> => disk.open(at(relative), { mode: 'create' })
    const put = async (relative: string, content: string): Promise<void> => {
      const file = await disk.open(at(relative), { mode: 'open-or-create' })
      await file.write(0, bytesOf(content))
      await file.close()
    }
    const names = async (relative = ''): Promise<string[]> =>
      (await disk.list(at(relative))).map((entry) => `${entry.kind} ${entry.name}`)

    describe('open', () => {
      it('refuses to open what is not there, and to create what is', async () => {
        await expectCode('DISK_NOT_FOUND', disk.open(at('a'), { mode: 'open' }))
        await (await create('a')).close()
        await expectCode('DISK_ALREADY_EXISTS', create('a'))
      })

      it('opens or creates, and keeps the bytes of an existing file', async () => {
        await put('a', 'old')
        const file = await disk.open(at('a'), { mode: 'open-or-create' })
        expect(await file.size()).toBe(3)
        await file.close()
      })

      it('refuses a file in a directory that is not there, and below a file', async () => {
        await expectCode('DISK_NOT_FOUND', create('missing/a'))
        await put('a', 'x')
        await expectCode('DISK_NOT_FOUND', create('a/b'))
      })

      it('refuses to open a directory as a file', async () => {
        await disk.makeDirectory(at('d'))
        await expectCode('DISK_IO', disk.open(at('d'), { mode: 'open' }))
        await expectCode('DISK_IO', disk.open(at('d'), { mode: 'open', readOnly: true }))
      })

      it('refuses relative paths and paths that climb', async () => {
        for (const path of ['a', './a', '', `${underTest.directory}/../a`, `${underTest.directory}/a\\b`]) {
          await expectCode('INVALID_ARGUMENT', disk.open(path, { mode: 'open-or-create' }))
        }
      })

      it('refuses changes through a read-only handle', async () => {
        await put('a', 'abc')
        const file = await disk.open(at('a'), { mode: 'open', readOnly: true })
        expect(textOf(await file.read(0, 3))).toBe('abc')
        await expectCode('INVALID_ARGUMENT', file.write(0, bytesOf('x')))
        await expectCode('INVALID_ARGUMENT', file.writeMany(0, [bytesOf('x')]))
        await expectCode('INVALID_ARGUMENT', file.writeDurably(0, bytesOf('x')))
        await expectCode('INVALID_ARGUMENT', file.truncate(0))
        await expectCode('INVALID_ARGUMENT', file.sync())
        await file.close()
        await expectCode('INVALID_ARGUMENT', disk.open(at('b'), { mode: 'create', readOnly: true }))
      })
    })

    describe('files', () => {
      it('reads what was written, fewer bytes only at the end', async () => {
        const file = await create('a')
        await file.write(0, bytesOf('hello world'))
        expect(textOf(await file.read(6, 5))).toBe('world')
        expect(textOf(await file.read(6, 100))).toBe('world')
        expect(textOf(await file.read(6, 4 * 1024 * 1024))).toBe('world')
        expect(await file.read(11, 5)).toHaveLength(0)
        expect(await file.read(1000, 5)).toHaveLength(0)
        expect(await file.read(0, 0)).toHaveLength(0)
        await file.close()
      })

      it('gives every reader an array of its own', async () => {
        const file = await create('a')
        await file.write(0, bytesOf('abc'))
        const first = await file.read(0, 3)
        first.fill(0)
        expect(textOf(await file.read(0, 3))).toBe('abc')
        expect(Object.getPrototypeOf(first)).toBe(Uint8Array.prototype)
        await file.close()
      })

      it('keeps its own copy of written bytes', async () => {
        const file = await create('a')
        const bytes = bytesOf('abc')
        await file.write(0, bytes)
        bytes.fill(0)
        expect(textOf(await file.read(0, 3))).toBe('abc')
        await file.close()
      })

      it('overwrites in place and fills gaps with zeros', async () => {
        const file = await create('a')
        await file.write(2, bytesOf('cd'))
        await file.write(0, bytesOf('a'))
        expect(await file.read(0, 10)).toEqual(Uint8Array.of(97, 0, 99, 100))
        await file.close()
      })

      it('does not grow by an empty write', async () => {
        const file = await create('a')
        await file.write(100, new Uint8Array(0))
        await file.writeMany(100, [])
        await file.writeMany(100, [new Uint8Array(0)])
        expect(await file.size()).toBe(0)
        await file.close()
      })

      it('writes many arrays one behind the other', async () => {
        const file = await create('a')
        await file.write(0, bytesOf('..........'))
        await file.writeMany(2, [bytesOf('ab'), new Uint8Array(0), bytesOf('c'), bytesOf('def')])
        expect(textOf(await file.read(0, 100))).toBe('..abcdef..')
        await file.close()
      })

      it('writes durably among other writes, under whatever name the file has by then', async () => {
        const file = await create('a')
        await file.write(0, bytesOf('ab......'))
        await file.writeDurably(2, bytesOf('cd'))
        await disk.rename(at('a'), at('b'))
        await file.writeDurably(4, bytesOf('efghij'))
        expect(textOf(await file.read(0, 100))).toBe('abcdefghij')
        await file.close()
        await expectCode('DISK_CLOSED', file.writeDurably(0, bytesOf('x')))
        expect(textOf(await disk.readFile(at('b')))).toBe('abcdefghij')
      })

      it('writes thousands of arrays at once', async () => {
        const file = await create('a')
        const parts = Array.from({ length: 5000 }, (_, index) => Uint8Array.of(index & 255, index >> 8))
        await file.writeMany(0, parts)
        const back = await file.read(0, 20_000)
        expect(back).toHaveLength(10_000)
        expect(parts.every((part, index) => back[2 * index] === part[0] && back[2 * index + 1] === part[1])).toBe(true)
        await file.close()
      })

      it('cuts, and extends with zeros even where bytes stood before the cut', async () => {
        const file = await create('a')
        await file.write(0, bytesOf('abcdef'))
        await file.truncate(2)
        expect(await file.size()).toBe(2)
        await file.truncate(4)
        expect(await file.read(0, 10)).toEqual(Uint8Array.of(97, 98, 0, 0))
        await file.close()
      })

      it('shows a write to every handle at once', async () => {
        const writer = await create('a')
        const reader = await disk.open(at('a'), { mode: 'open', readOnly: true })
        await writer.write(0, bytesOf('now'))
        expect(textOf(await reader.read(0, 3))).toBe('now')
        await writer.close()
        await reader.close()
      })

      it('runs operations side by side', async () => {
        const file = await create('a')
        await Promise.all(Array.from({ length: 50 }, (_, index) => file.write(index, Uint8Array.of(index))))
        expect([...(await file.read(0, 50))]).toEqual(Array.from({ length: 50 }, (_, index) => index))
        await file.sync()
        await file.close()
      })

      it('refuses positions and lengths that are not whole numbers from 0 up', async () => {
        const file = await create('a')
        for (const wrong of [-1, 0.5, NaN, Infinity]) {
          await expectCode('INVALID_ARGUMENT', file.read(wrong, 1))
          await expectCode('INVALID_ARGUMENT', file.read(0, wrong))
          await expectCode('INVALID_ARGUMENT', file.write(wrong, bytesOf('a')))
          await expectCode('INVALID_ARGUMENT', file.writeMany(wrong, [bytesOf('a')]))
          await expectCode('INVALID_ARGUMENT', file.truncate(wrong))
        }
        await file.close()
      })

      it('refuses everything after close, but a second close', async () => {
        const file = await create('a')
        await file.close()
        await file.close()
        await expectCode('DISK_CLOSED', file.read(0, 1))
        await expectCode('DISK_CLOSED', file.write(0, bytesOf('a')))
        await expectCode('DISK_CLOSED', file.writeMany(0, [bytesOf('a')]))
        await expectCode('DISK_CLOSED', file.truncate(0))
        await expectCode('DISK_CLOSED', file.sync())
        await expectCode('DISK_CLOSED', file.size())
      })

      it('names operation and path in an error', async () => {
        const failure = await failureOf(disk.open(at('a'), { mode: 'open' }))
        expect(failure.details).toEqual({ operation: 'open', path: at('a') })
        expect(failure.message).toContain(at('a'))
      })

      it('keeps an open file usable when its name goes to another', async () => {
        const file = await create('a')
        await file.write(0, bytesOf('first'))
        await put('b', 'second')
        await disk.rename(at('b'), at('a'))
        expect(textOf(await file.read(0, 10))).toBe('first')
        await file.close()
        expect(textOf(await disk.readFile(at('a')))).toBe('second')
      })
    })

    describe('names', () => {
      it('lists in byte order of the names', async () => {
        for (const name of ['b', 'a', 'B', 'a1', '\u{1F600}', '\uFFFD', 'é']) await put(name, '')
        await disk.makeDirectory(at('aa'))
        expect(await names()).toEqual([
          'file B',
          'file a',
          'file a1',
          'directory aa',
          'file b',
          'file é',
          'file \uFFFD',
          'file \u{1F600}',
        ])
      })

      it('refuses to list what is no directory', async () => {
        await put('a', 'x')
        await expectCode('DISK_NOT_FOUND', disk.list(at('a')))
        await expectCode('DISK_NOT_FOUND', disk.list(at('missing')))
      })

      it('tells the room that there is, of what is there', async () => {
        const room = await disk.capacity(underTest.directory)
        if (room !== undefined) {
          expect(Number.isSafeInteger(room.totalBytes) && Number.isSafeInteger(room.freeBytes)).toBe(true)
          expect(room.freeBytes).toBeGreaterThanOrEqual(0)
          expect(room.totalBytes).toBeGreaterThanOrEqual(room.freeBytes)
        }
        await expectCode('DISK_NOT_FOUND', disk.capacity(at('missing')))
      })

      it('makes directories with all above them, and again', async () => {
        await disk.makeDirectory(at('x/y/z'))
        await disk.makeDirectory(at('x/y/z'))
        expect(await names('x/y')).toEqual(['directory z'])
      })

      it('refuses a directory where a file is in the way', async () => {
        await put('a', 'x')
        await expectCode('DISK_ALREADY_EXISTS', disk.makeDirectory(at('a')))
        await expectCode('DISK_ALREADY_EXISTS', disk.makeDirectory(at('a/b')))
      })

      it('tells the status of files, directories and nothing', async () => {
        await put('a', 'abc')
        await disk.makeDirectory(at('d'))
        expect(await disk.status(at('a'))).toEqual({ kind: 'file', size: 3 })
        expect(await disk.status(at('d'))).toEqual({ kind: 'directory', size: 0 })
        expect(await disk.status(at('missing'))).toBeUndefined()
        expect(await disk.status(at('a/b'))).toBeUndefined()
      })

      it('takes a path with doubled and trailing separators', async () => {
        await put('a', 'abc')
        await disk.makeDirectory(at('d//e/'))
        expect(await disk.status(at('d/e//'))).toEqual({ kind: 'directory', size: 0 })
      })

      it('renames a file, replacing a file', async () => {
        await put('a', 'new')
        await put('b', 'old')
        await disk.rename(at('a'), at('b'))
        expect(await names()).toEqual(['file b'])
        expect(textOf(await disk.readFile(at('b')))).toBe('new')
      })

      it('renames across directories, and directories with what is in them', async () => {
        await disk.makeDirectory(at('d'))
        await put('d/a', 'x')
        await disk.makeDirectory(at('e'))
        await disk.rename(at('d'), at('e/d'))
        expect(textOf(await disk.readFile(at('e/d/a')))).toBe('x')
        expect(await disk.status(at('d'))).toBeUndefined()
      })

      it('renames to the same name without effect', async () => {
        await put('a', 'x')
        await disk.rename(at('a'), at('a'))
        expect(await names()).toEqual(['file a'])
      })

      it('refuses a rename that finds nothing, leads nowhere, or replaces with or by a directory', async () => {
        await put('a', 'x')
        await disk.makeDirectory(at('d'))
        await disk.makeDirectory(at('e'))
        await expectCode('DISK_NOT_FOUND', disk.rename(at('missing'), at('b')))
        await expectCode('DISK_NOT_FOUND', disk.rename(at('a'), at('missing/b')))
        await expectCode('DISK_ALREADY_EXISTS', disk.rename(at('a'), at('d')))
        await expectCode('DISK_ALREADY_EXISTS', disk.rename(at('d'), at('a')))
        await expectCode('DISK_ALREADY_EXISTS', disk.rename(at('d'), at('e')))
        await expectCode('INVALID_ARGUMENT', disk.rename(at('d'), at('d/inside')))
        expect(await names()).toEqual(['file a', 'directory d', 'directory e'])
      })

      it('removes files and whole directories, and says when there is nothing', async () => {
        await put('a', 'x')
        await disk.makeDirectory(at('d/e'))
        await put('d/e/f', 'x')
        await disk.remove(at('a'))
        await disk.remove(at('d'))
        expect(await names()).toEqual([])
        await expectCode('DISK_NOT_FOUND', disk.remove(at('a')))
      })

      it('syncs a directory, and only a directory', async () => {
        await put('a', 'x')
        await disk.syncDirectory(underTest.directory)
        await expectCode('DISK_NOT_FOUND', disk.syncDirectory(at('missing')))
        await expectCode('DISK_NOT_FOUND', disk.syncDirectory(at('a')))
      })
    })

    describe('whole files', () => {
      it('replaces, also what was not there, and leaves nothing else', async () => {
        await disk.replaceFile(at('a'), bytesOf('first, long'))
        await disk.replaceFile(at('a'), bytesOf('second'))
        expect(textOf(await disk.readFile(at('a')))).toBe('second')
        await disk.replaceFile(at('a'), new Uint8Array(0))
        expect(await disk.readFile(at('a'))).toHaveLength(0)
        expect(await names()).toEqual(['file a'])
      })

      it('lets replacements of one file wait for each other', async () => {
        const texts = Array.from({ length: 10 }, (_, index) => String(index).repeat(1000 - index))
        await Promise.all(texts.map((text) => disk.replaceFile(at('a'), bytesOf(text))))
        expect(textOf(await disk.readFile(at('a')))).toBe(texts.at(-1))
        expect(await names()).toEqual(['file a'])
      })

      it('leaves the old bytes and no litter when a replacement cannot be put in place', async () => {
        await disk.makeDirectory(at('a'))
        await expectCode('DISK_ALREADY_EXISTS', disk.replaceFile(at('a'), bytesOf('x')))
        expect(await names()).toEqual(['directory a'])
        await disk.remove(at('a'))
        await disk.replaceFile(at('a'), bytesOf('works again'))
        expect(await names()).toEqual(['file a'])
      })

      it('refuses to read what is not there', async () => {
        await expectCode('DISK_NOT_FOUND', disk.readFile(at('missing')))
      })
    })

    describe('locks', () => {
      it('gives a directory to one holder at a time', async () => {
        const lock = await disk.lock(underTest.directory)
        await expectCode('DISK_LOCKED', disk.lock(underTest.directory))
        await expectCode('DISK_LOCKED', disk.lock(`${underTest.directory}/`))
        await lock.release()
        await lock.release()
        const again = await disk.lock(underTest.directory)
        await lock.release()
        await expectCode('DISK_LOCKED', disk.lock(underTest.directory))
        await again.release()
      })

      it('lets exactly one of many take it at the same time', async () => {
        const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => disk.lock(underTest.directory)))
        const taken = outcomes.filter((outcome) => outcome.status === 'fulfilled')
        expect(taken).toHaveLength(1)
        for (const { value } of taken) await value.release()
      })

      it('locks each directory on its own, and only directories that exist', async () => {
        await disk.makeDirectory(at('d'))
        const outer = await disk.lock(underTest.directory)
        const inner = await disk.lock(at('d'))
        await expectCode('DISK_NOT_FOUND', disk.lock(at('missing')))
        await outer.release()
        await inner.release()
      })
    })
  })
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text)
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes)
}

async function failureOf(operation: Promise<unknown>): Promise<SandboxError> {
  try {
    await operation
  } catch (error) {
    if (error instanceof SandboxError) return error
    throw error
  }
  return expect.fail('the operation should have failed')
}

async function expectCode(code: ErrorCode, operation: Promise<unknown>): Promise<void> {
  expect((await failureOf(operation)).code).toBe(code)
}
