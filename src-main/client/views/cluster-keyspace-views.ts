import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { ClusterClient } from '../cluster-client'
import { nextKey } from '../key-bytes'
import type { ClusterCatalogue } from './cluster-catalogue'
import type { ClusterMapsReader } from './cluster-maps'
import type { KeyspaceViews } from './cluster-views'
import { decodeKey } from './decode-key'
import { keyOfInput, prefixesOfTyped } from './key-input'
import { keyLine } from './key-line'
import type { CompareAndSetView, KeyInput, KeyLine, PairPage, TableKeyPrefixes, ValueView } from './keyspace'
import type { KeyView } from './key-view'
import type { PairPageRequest } from './pair-page'
import { readPairPage } from './pair-page'

/** The longest value that is shown whole. */
const LONGEST_VALUE_BYTES = 8 * 1024 * 1024

/** What the keyspace views look through. */
export interface KeyspaceViewsOptions {
  /** The cluster that is open now. @throws SandboxError SESSION_NOT_RUNNING */
  readonly client: () => ClusterClient
  readonly catalogue: ClusterCatalogue
  readonly maps: ClusterMapsReader
  readonly clock: Clock
}

/** Keys and values of the cluster that is open, through its client. */
export class ClusterKeyspaceViews implements KeyspaceViews {
  readonly #client: () => ClusterClient
  readonly #catalogue: ClusterCatalogue
  readonly #maps: ClusterMapsReader
  readonly #clock: Clock

  constructor({ client, catalogue, maps, clock }: KeyspaceViewsOptions) {
    this.#client = client
    this.#catalogue = catalogue
    this.#maps = maps
    this.#clock = clock
  }

  async line(): Promise<KeyLine> {
    return keyLine(await this.#maps.current(), this.#clock)
  }

  async resolve(input: KeyInput): Promise<KeyView> {
    return this.#view(await keyOfInput(input, this.#client(), this.#catalogue))
  }

  async prefixes(tableId: number, text: string): Promise<TableKeyPrefixes> {
    return prefixesOfTyped(tableId, text, this.#client(), this.#catalogue)
  }

  async page(request: PairPageRequest): Promise<PairPage> {
    const client = this.#client()
    return readPairPage(client, await this.#catalogue.current(), request, this.#clock)
  }

  /** @throws SandboxError VALUE_TOO_LARGE, and as a read does */
  async value(input: KeyInput): Promise<ValueView> {
    const client = this.#client()
    const key = await keyOfInput(input, client, this.#catalogue)
    const [view, value, regions] = await Promise.all([
      this.#view(key),
      client.kv.get(key),
      client.regions.scan({ startKey: key, endKey: nextKey(key) }),
    ])
    if (value !== undefined && value.length > LONGEST_VALUE_BYTES) throw tooLarge(view, value.length)
    const [region] = regions
    return { key: view, value, regionId: region === undefined ? undefined : Number(region.regionId) }
  }

  async put(
    input: KeyInput,
    value: Uint8Array,
    timeToLiveMs: number | undefined,
  ): Promise<{ readonly tookMs: number }> {
    const { tookMs } = await this.#write(input, (client, key) => client.kv.put(key, value, { ttlMs: timeToLiveMs }))
    return { tookMs }
  }

  async delete(input: KeyInput): Promise<{ readonly tookMs: number }> {
    const { tookMs } = await this.#write(input, (client, key) => client.kv.delete(key))
    return { tookMs }
  }

  async compareAndSet(
    input: KeyInput,
    expected: Uint8Array | undefined,
    value: Uint8Array,
  ): Promise<CompareAndSetView> {
    const { result, tookMs } = await this.#write(input, (client, key) => client.kv.compareAndSet(key, expected, value))
    return { isSet: result, tookMs }
  }

  async #view(key: Uint8Array): Promise<KeyView> {
    return decodeKey(key, await this.#catalogue.current())
  }

  /** Writes, and tells how long the cluster took; the reading of the typed key is no part of it. */
  async #write<Result>(
    input: KeyInput,
    write: (client: ClusterClient, key: Uint8Array) => Promise<Result>,
  ): Promise<{ readonly result: Result; readonly tookMs: number }> {
    const client = this.#client()
    const key = await keyOfInput(input, client, this.#catalogue)
    const startedAtMs = this.#clock.monotonicMs()
    const result = await write(client, key)
    return { result, tookMs: this.#clock.monotonicMs() - startedAtMs }
  }
}

function tooLarge(key: KeyView, valueBytes: number): SandboxError {
  const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`
  return new SandboxError(
    'VALUE_TOO_LARGE',
    `The value of ${key.text} has ${mebibytes(valueBytes)}, and a screen shows at most ${mebibytes(LONGEST_VALUE_BYTES)}: read it by the command line, into a file.`,
    { details: { valueBytes, longestBytes: LONGEST_VALUE_BYTES } },
  )
}
