import type { ClassicLevel } from 'classic-level'
import { SandboxError } from '../../../base/sandbox-error'

// LevelDB has no column families. Each family gets a number from 1 to 254, and its keys that number as their first byte:
// order within a family stays, no key of one family can be a key of another, and a family's bounds are two single bytes.
// First byte 0 is the catalog, 255 is never used, so that there is a place behind all data.
//
//   0 "version"       -> format version u8
//   0 "family/" name  -> number u8

/** A LevelDB of bytes. */
export type ByteLevel = ClassicLevel<Uint8Array, Uint8Array>

/** How to make a {@link ByteLevel}: bytes without conversion; classic-level's default is text. */
export const asBytes = { keyEncoding: 'view', valueEncoding: 'view' } as const

const formatVersion = 1
const lastFamilyNumber = 254
const versionKey = catalogKey('version')
const familyPrefix = catalogKey('family/')
const behindFamilies = catalogKey('family0')

/**
 * Reads the catalog and adds the wanted families that it lacks. Gives the number of every family, wanted or not.
 *
 * @throws SandboxError ENGINE_OPEN_FAILED for a LevelDB that is not ours or is of another version
 */
export async function openCatalog(database: ByteLevel, wanted: readonly string[]): Promise<Map<string, number>> {
  await checkVersion(database)
  const families = new Map<string, number>()
  for await (const [key, value] of database.iterator({ gte: familyPrefix, lt: behindFamilies })) {
    families.set(new TextDecoder().decode(key.subarray(familyPrefix.length)), value[0] as number)
  }
  const missing = wanted.filter((name) => !families.has(name))
  let number = Math.max(0, ...families.values())
  const puts = missing.map((name) => {
    number += 1
    families.set(name, number)
    return { type: 'put' as const, key: catalogKey(`family/${name}`), value: new Uint8Array([number]) }
  })
  if (number > lastFamilyNumber) {
    const message = `The LevelDB directory ${database.location} has no room for more column families than ${lastFamilyNumber}.`
    throw new SandboxError('ENGINE_OPEN_FAILED', message, { details: { directory: database.location } })
  }
  if (puts.length > 0) await database.batch(puts, { sync: true })
  return families
}

async function checkVersion(database: ByteLevel): Promise<void> {
  const found = await database.get(versionKey)
  if (found !== undefined && found[0] === formatVersion) return
  const directory = database.location
  if (found !== undefined) {
    const message = `The LevelDB directory ${directory} has format version ${found[0]}, this program reads version ${formatVersion}: open it with the version that wrote it.`
    throw new SandboxError('ENGINE_OPEN_FAILED', message, { details: { directory } })
  }
  const [foreignKey] = await database.keys({ limit: 1 }).all()
  if (foreignKey !== undefined) {
    const message = `The LevelDB directory ${directory} holds data of another program: choose an empty directory.`
    throw new SandboxError('ENGINE_OPEN_FAILED', message, { details: { directory } })
  }
  await writeVersion(database)
}

/** Writes, synchronously, what every database of ours says of itself. */
export async function writeVersion(database: ByteLevel): Promise<void> {
  await database.put(versionKey, new Uint8Array([formatVersion]), { sync: true })
}

function catalogKey(name: string): Uint8Array {
  return new Uint8Array([0, ...new TextEncoder().encode(name)])
}
