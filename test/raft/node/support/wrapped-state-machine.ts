import type { StateMachine } from '../../../../src-main/raft/node/state-machine'
import type { KeyValueResult } from '../../../../src-main/raft/simulation/key-value-state-machine'

type Machine = StateMachine<KeyValueResult>

/** A state machine that does some things in another way. */
export function withOther(machine: Machine, other: Partial<Omit<Machine, 'applied'>>): Machine {
  return {
    get applied() {
      return machine.applied
    },
    apply: (batch) => machine.apply(batch),
    createSnapshot: () => machine.createSnapshot(),
    restoreSnapshot: (applied, bytes) => machine.restoreSnapshot(applied, bytes),
    ...other,
  }
}

/** Holds what the state machines of a group are to apply, from when a test says so until it lets go. */
export class ApplyHold {
  #held: Promise<void> | undefined
  #letGo: () => void = () => undefined

  readonly wrap = (machine: Machine): Machine =>
    withOther(machine, {
      apply: async (batch) => {
        if (this.#held !== undefined) await this.#held
        return machine.apply(batch)
      },
    })

  begin(): void {
    this.#held = new Promise((resolve) => {
      this.#letGo = resolve
    })
  }

  end(): void {
    this.#held = undefined
    this.#letGo()
  }
}
