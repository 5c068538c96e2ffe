import { defineStore } from 'pinia'
import { computed, reactive, ref, shallowRef, toRaw } from 'vue'
import type { SerializedSandboxError } from '../../src-main/base/sandbox-error'
import type { TableDraft, TableJob, TablePreview } from '../../src-main/client/views/tables'
import { toDoorError, useDoorClient } from './door-client'
import { NewestQuestion } from './newest-question'
import { useTableJobsStore } from './table-jobs-store'

/** A column as the form has it. */
export interface DraftColumn {
  /** Names the row as long as the form lives, wherever it is moved. */
  readonly rowId: number
  name: string
  sqlType: string
  nullable: boolean
  isKey: boolean
}

/** A boundary between two partitions, as the form has it. */
export interface DraftBoundary {
  readonly rowId: number
  /** A user key: text, or bytes as `0x…`. */
  text: string
}

/** The form: both ways of partitioning are kept, so that trying the other loses nothing. */
export interface TableForm {
  name: string
  schema: string
  columns: DraftColumn[]
  partitioning: 'hash' | 'range'
  /** How many hash partitions. */
  count: number
  boundaries: DraftBoundary[]
  /** Undefined for the usual number. */
  replicas: number | undefined
  engine: TableDraft['engine']
}

let rows = 0
const rowId = () => (rows += 1)

/** A row for a column. */
export function newColumn(name = '', sqlType = 'VARCHAR', isKey = false): DraftColumn {
  return { rowId: rowId(), name, sqlType, nullable: !isKey, isKey }
}

/** A row for a boundary. */
export function newBoundary(text = ''): DraftBoundary {
  return { rowId: rowId(), text }
}

function freshForm(): TableForm {
  return {
    name: '',
    schema: 'DINGO',
    columns: [newColumn('id', 'BIGINT', true), newColumn('name', 'VARCHAR')],
    partitioning: 'hash',
    count: 3,
    boundaries: [newBoundary('m')],
    replicas: undefined,
    engine: 'raft',
  }
}

/** The form as the door takes it. */
export function draftOf(form: TableForm): TableDraft {
  const { name, schema, columns, partitioning, count, boundaries, replicas, engine } = form
  return {
    name,
    schema,
    columns: columns.map((column) => ({
      name: column.name,
      sqlType: column.sqlType,
      nullable: column.nullable,
      isKey: column.isKey,
    })),
    partitioning:
      partitioning === 'hash'
        ? { kind: 'hash', count: orZero(count) }
        : { kind: 'range', boundaries: boundaries.map(({ text }) => text) },
    replicas: replicas === undefined ? undefined : orZero(replicas),
    engine,
  }
}

/** What is typed and is no number: the check then says what it has to be. */
const orZero = (number: number) => (Number.isNaN(number) ? 0 : number)

/** A table to try things with: three partitions that follow each other on the key line. */
export const demoTable: TableDraft = {
  name: 'demo',
  schema: 'DINGO',
  columns: [
    { name: 'id', sqlType: 'VARCHAR', nullable: false, isKey: true },
    { name: 'name', sqlType: 'VARCHAR', nullable: true, isKey: false },
    { name: 'balance', sqlType: 'DOUBLE', nullable: true, isKey: false },
  ],
  partitioning: { kind: 'range', boundaries: ['h', 'p'] },
  replicas: undefined,
  engine: 'raft',
}

/** The table that is being described: kept when its screen is left, so that a look elsewhere costs nothing. */
export const useTableDraftStore = defineStore('tableDraft', () => {
  const client = useDoorClient()
  const jobs = useTableJobsStore()
  const form = reactive<TableForm>(freshForm())
  const preview = shallowRef<TablePreview>()
  const error = shallowRef<SerializedSandboxError>()
  const createError = shallowRef<SerializedSandboxError>()
  const isCreating = ref(false)
  /** Whether anything was typed: before, nothing is marked as wrong. */
  const isTouched = ref(false)
  const question = new NewestQuestion()
  const draft = computed(() => draftOf(form))

  /** The check of the newest draft. */
  let newestCheck: Promise<void> = Promise.resolve()

  /**
   * Has the draft judged as it is now. An answer about an older draft is passed over: if another check began meanwhile, this
   * one is over when that one is.
   */
  function check(): Promise<void> {
    newestCheck = judge(question.ask())
    return newestCheck
  }

  async function judge(counts: () => boolean): Promise<void> {
    try {
      const answer = await client.tables.preview.query(sendable(draft.value))
      if (!counts()) return await newestCheck
      preview.value = answer
      error.value = undefined
    } catch (thrown) {
      if (!counts()) return await newestCheck
      error.value = toDoorError(thrown)
    }
  }

  /** Begins a creation; of the form unless told otherwise. @returns its job, or undefined if it was refused */
  async function create(wanted: TableDraft = draft.value): Promise<TableJob | undefined> {
    isCreating.value = true
    createError.value = undefined
    try {
      const job = await client.tables.create.mutate(sendable(wanted))
      // An event about the job may have come before this answer, and knows more.
      if (!jobs.byId.has(job.jobId)) jobs.receive(job)
      return job
    } catch (thrown) {
      createError.value = toDoorError(thrown)
      return undefined
    } finally {
      isCreating.value = false
    }
  }

  /** Starts over with an empty form. */
  function reset(): void {
    question.forget()
    newestCheck = Promise.resolve()
    Object.assign(form, freshForm())
    preview.value = undefined
    error.value = undefined
    createError.value = undefined
    isTouched.value = false
  }

  return { form, draft, preview, error, createError, isCreating, isTouched, check, create, reset }
})

/** The input of the door leaves out what is undefined. */
function sendable({ columns, partitioning, replicas, ...rest }: TableDraft) {
  return {
    ...rest,
    columns: columns.map((column) => ({ ...toRaw(column) })),
    partitioning:
      partitioning.kind === 'hash'
        ? { kind: partitioning.kind, count: partitioning.count }
        : { kind: partitioning.kind, boundaries: [...partitioning.boundaries] },
    ...(replicas === undefined ? {} : { replicas }),
  }
}
