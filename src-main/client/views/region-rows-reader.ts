import type { Clock } from '../../env'
import type { ClusterMaps } from './cluster-maps'
import type { RegionFacts } from './region-facts'
import { countConcerns, regionFacts } from './region-facts'
import { regionRow } from './region-row'
import type { RegionConcern } from './overview'
import type { RegionRowsPage, RegionRowsQuery } from './region-rows'
import type { RegionSelection } from './region-selection'
import { selectRegions } from './region-selection'

/** The facts of one state of the cluster's maps. */
export interface FactsOfMaps {
  readonly maps: ClusterMaps
  readonly facts: readonly RegionFacts[]
  readonly concerns: Readonly<Record<RegionConcern, number>>
}

/** Pages through regions. Keeps the facts and the last choice: scrolling through 100,000 rows sorts them once. */
export class RegionRowsReader {
  readonly #clock: Pick<Clock, 'atEndOfTurn'>
  #known: { readonly maps: ClusterMaps; readonly facts: Promise<FactsOfMaps> } | undefined
  #selected:
    { readonly of: FactsOfMaps; readonly key: string; readonly selection: Promise<RegionSelection> } | undefined

  constructor(clock: Pick<Clock, 'atEndOfTurn'>) {
    this.#clock = clock
  }

  /** The facts of the given maps, made once. */
  facts(maps: ClusterMaps): Promise<FactsOfMaps> {
    if (this.#known?.maps !== maps) this.#known = { maps, facts: this.#factsOf(maps) }
    return this.#known.facts
  }

  async #factsOf(maps: ClusterMaps): Promise<FactsOfMaps> {
    const facts = await regionFacts(maps, this.#clock)
    return { maps, facts, concerns: countConcerns(facts) }
  }

  /** Lets go of the facts of the maps of before. */
  forget(): void {
    this.#known = undefined
    this.#selected = undefined
  }

  async page(maps: ClusterMaps, { offset, limit, ...choice }: RegionRowsQuery): Promise<RegionRowsPage> {
    const of = await this.facts(maps)
    const key = JSON.stringify(Object.entries(choice).sort())
    if (this.#selected?.of !== of || this.#selected.key !== key) {
      const storeIds = maps.stores.map(({ id }) => Number(id))
      this.#selected = { of, key, selection: selectRegions(of.facts, choice, storeIds, maps.names, this.#clock) }
    }
    const { regions, ...ofAll } = await this.#selected.selection
    return {
      takenAtMs: maps.takenAtMs,
      rows: regions.slice(offset, offset + limit).map((facts) => regionRow(facts, maps)),
      total: regions.length,
      all: of.facts.length,
      concerns: of.concerns,
      ...ofAll,
    }
  }
}
