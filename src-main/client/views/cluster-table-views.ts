import { SandboxError } from '../../base/sandbox-error'
import type { Clock } from '../../env'
import type { ClusterClient } from '../cluster-client'
import type { Table } from '../table-client'
import type { Catalogue, ClusterCatalogue } from './cluster-catalogue'
import type { TableViews } from './cluster-views'
import { runCreation } from './creation-job'
import { runDrop } from './drop-job'
import { descriptionOf, previewDraft, regionCountOf } from './preview-draft'
import { readDropPreview, readTableDetail } from './table-detail'
import { TableJobs } from './table-jobs'
import { tableTree } from './table-node'
import type { DropPreview, SchemaNode, TableDetail, TableDraft, TableJob, TablePreview } from './tables'

/** What the table views look through. */
export interface TableViewsOptions {
  /** The cluster that is open now. @throws SandboxError SESSION_NOT_RUNNING */
  readonly client: () => ClusterClient
  readonly catalogue: ClusterCatalogue
  readonly clock: Clock
}

/** Tables of the cluster that is open, and the jobs that make and drop them. */
export class ClusterTableViews implements TableViews {
  readonly #client: () => ClusterClient
  readonly #catalogue: ClusterCatalogue
  readonly #clock: Clock
  readonly #jobs: TableJobs

  constructor({ client, catalogue, clock }: TableViewsOptions) {
    this.#client = client
    this.#catalogue = catalogue
    this.#clock = clock
    this.#jobs = new TableJobs(clock)
  }

  async tree(): Promise<readonly SchemaNode[]> {
    return tableTree(await this.#catalogue.fresh())
  }

  async detail(tableId: number): Promise<TableDetail> {
    const client = this.#client()
    const catalogue = await this.#catalogue.fresh()
    return readTableDetail(client, tableIn(catalogue, tableId), catalogue, this.#clock)
  }

  async preview(draft: TableDraft): Promise<TablePreview> {
    return previewDraft(this.#client(), draft)
  }

  async create(draft: TableDraft): Promise<TableJob> {
    const client = this.#client()
    const { problems, replicas } = await previewDraft(client, draft)
    if (problems.length > 0) throw refused(draft, problems)
    const { schema, name: table } = draft
    const job = { client, kind: 'create', schema, table, tableId: undefined, total: regionCountOf(draft) } as const
    const description = { ...descriptionOf(draft), replicas }
    return this.#jobs.begin(job, (progress) => runCreation(progress, description, this.#catalogue, this.#clock))
  }

  async dropPreview(tableId: number): Promise<DropPreview> {
    const client = this.#client()
    return readDropPreview(client, tableIn(await this.#catalogue.fresh(), tableId))
  }

  async drop(tableId: number): Promise<TableJob> {
    const client = this.#client()
    const table = tableIn(await this.#catalogue.fresh(), tableId)
    const { regionIds } = await readDropPreview(client, table)
    const job = {
      client,
      kind: 'drop',
      schema: table.schema,
      table: table.name,
      tableId,
      total: regionIds.length,
    } as const
    return this.#jobs.begin(job, (progress) => runDrop(progress, table, regionIds, this.#catalogue, this.#clock))
  }

  /** Those of the cluster that is open; none without one. */
  jobs(): readonly TableJob[] {
    let client: ClusterClient
    try {
      client = this.#client()
    } catch (thrown) {
      if (SandboxError.is(thrown, 'SESSION_NOT_RUNNING')) return []
      throw thrown
    }
    return this.#jobs.of(client)
  }

  /** @throws SandboxError CLIENT_NOT_FOUND */
  giveUp(jobId: string): void {
    this.#jobs.giveUp(jobId)
  }

  /** Lets go of the jobs that have ended: their cluster is closed. */
  forget(): void {
    this.#jobs.forgetEnded()
  }

  onJob(listener: (job: TableJob) => void): () => void {
    return this.#jobs.onJob(listener)
  }
}

function tableIn(catalogue: Catalogue, tableId: number): Table {
  const table = catalogue.table(tableId)
  if (table !== undefined) return table
  const message = `The cluster has no table ${String(tableId)}: it was dropped, or never made.`
  throw new SandboxError('CLIENT_NOT_FOUND', message, { details: { tableId } })
}

function refused({ name }: TableDraft, problems: TablePreview['problems']): SandboxError {
  const fields = problems.map(({ path, code }) => `${path} (${code})`).join(', ')
  const message = `The table ${name} cannot be made as it is described: mend ${fields}.`
  return new SandboxError('INVALID_ARGUMENT', message, {
    details: { problems: problems.map(({ path, code, parameters }) => ({ path, code, parameters })) },
  })
}
