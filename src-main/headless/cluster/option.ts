/** An option of a command. */
export interface Option {
  /** Without the dashes. */
  readonly name: string
  /** `flag` takes no value. */
  readonly kind: 'flag' | 'text'
  /** Stands for the value in the help: `FILE`. Options of kind `text` only. */
  readonly placeholder?: string
  /** May be given several times. */
  readonly repeatable?: boolean
  readonly help: string
}

export const helpOption: Option = { name: 'help', kind: 'flag', help: 'print this' }

/** What each command that talks to a cluster takes. */
export const clusterOptions: readonly Option[] = [
  {
    name: 'coordinators',
    kind: 'text',
    placeholder: 'HOST:PORT,...',
    help: 'the coordinators of the cluster (also: DINGO_SANDBOX_COORDINATORS); 127.0.0.1:22001 if not given',
  },
  {
    name: 'address',
    kind: 'text',
    placeholder: 'HOST:PORT=HOST:PORT',
    repeatable: true,
    help: 'where a node is reached that announces an address which does not lead to it from here',
  },
  {
    name: 'timeout',
    kind: 'text',
    placeholder: 'MS',
    help: 'give up after so many milliseconds; if not given 10000, and 30000 where something is created',
  },
  { name: 'json', kind: 'flag', help: 'print JSON instead of text for people' },
]
