import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import type { MessageAction, StepKind } from '../../../src-main/flow/gate'
import { toDoorError } from '../../data/door-client'
import { useFlowActions } from '../../data/flow-control'
import { useFlowStore } from '../../data/flow-store'
import { useSessionStore } from '../../data/session-store'
import type { Command, KeyBinding } from '../commands/command'
import { provideCommands } from '../commands/command-registry'
import { useCurrentHold } from './current-hold'

/** How long the command delays a message, in ms; the toolbar offers other times. */
const USUAL_DELAY_MS = 1000

const steps = [
  ['over', 'over', ['F10'], ['F10', 'Alt+F10']],
  ['into', 'into', ['F11'], ['F11', 'Alt+F11']],
  ['out', 'out', ['Shift+F11'], ['Shift+F11', 'Alt+Shift+F11']],
  ['toCommit', 'to-commit', [], []],
  ['toApply', 'to-apply', [], []],
  ['toResponse', 'to-response', [], []],
] as const satisfies ReadonlyArray<readonly [string, StepKind, readonly KeyBinding[], readonly KeyBinding[]]>

const messageActions = {
  deliver: { kind: 'deliver' },
  drop: { kind: 'drop' },
  duplicate: { kind: 'duplicate' },
  delay: { kind: 'delay', delayMs: USUAL_DELAY_MS },
} as const satisfies Readonly<Record<string, MessageAction>>

/** A key that is pressed twice in a hurry means the stage that the operation has left already: nothing is to be done then. */
async function unlessGone(deed: Promise<void>): Promise<void> {
  try {
    await deed
  } catch (thrown) {
    if (toDoorError(thrown).code !== 'FLOW_HOLD_NOT_FOUND') throw thrown
  }
}

/** Stepping by keys, menu and palette, on every screen. The Flow screen adds what needs a chosen stage. */
export function provideSteppingCommands(): void {
  const { t } = useI18n()
  const flow = useFlowStore()
  const session = useSessionStore()
  const actions = useFlowActions()
  const route = useRoute()
  const router = useRouter()
  const hold = useCurrentHold()

  const withoutCluster = () => (session.isRunning ? undefined : t('shell.noCluster'))
  const withoutHold = () => withoutCluster() ?? (hold.value === undefined ? t('flow.reason.nothingHeld') : undefined)
  const withoutMessage = () =>
    withoutHold() ?? (hold.value?.isMessage === true ? undefined : t('flow.reason.noMessage'))

  /** What is shown next is where the operation stops next, whatever was chosen before. */
  function follow(): void {
    if (route.path !== '/flow' || route.query['stage'] === undefined) return
    void router.replace({ query: { ...route.query, stage: undefined, data: undefined } })
  }

  async function step(kind: StepKind): Promise<void> {
    if (hold.value === undefined) return
    const { holdId } = hold.value
    follow()
    await unlessGone(actions.step(holdId, kind))
  }

  async function release(action: MessageAction): Promise<void> {
    if (hold.value === undefined) return
    const { holdId } = hold.value
    follow()
    await unlessGone(actions.release(holdId, action))
  }

  async function run(): Promise<void> {
    if (hold.value !== undefined) await step('continue')
    else if (flow.holds.length > 0) await actions.continueAll()
    else await router.push({ path: '/flow', query: { compose: 'KvPut' } })
  }

  provideCommands([
    {
      id: 'flow.run',
      title: () => t('flow.command.run'),
      group: 'run',
      keys: ['F5'],
      browserKeys: ['Alt+F5'],
      unavailable: withoutCluster,
      run,
    },
    {
      id: 'flow.pause',
      title: () => t('flow.command.pause'),
      group: 'run',
      keys: ['F6'],
      unavailable: withoutCluster,
      run: () => actions.pause(),
    },
    ...steps.map(([name, kind, keys, browserKeys]): Command => ({
      id: `flow.${name}`,
      title: () => t(`flow.command.${name}`),
      group: 'run',
      keys,
      browserKeys,
      unavailable: withoutHold,
      run: () => step(kind),
    })),
    {
      id: 'flow.continueAll',
      title: () => t('flow.command.continueAll'),
      group: 'run',
      keys: ['Shift+F5'],
      unavailable: withoutCluster,
      run: () => actions.continueAll(),
    },
    ...(Object.keys(messageActions) as Array<keyof typeof messageActions>).map((name): Command => ({
      id: `flow.message.${name}`,
      title: () => t(`flow.command.message.${name}`),
      group: 'run',
      unavailable: withoutMessage,
      run: () => release(messageActions[name]),
    })),
    {
      id: 'flow.mode',
      title: () => t(flow.state?.mode === 'non-stop' ? 'flow.command.allStop' : 'flow.command.nonStop'),
      group: 'run',
      unavailable: withoutCluster,
      run: () => actions.setMode(flow.state?.mode === 'non-stop' ? 'all-stop' : 'non-stop'),
    },
    {
      id: 'flow.compose',
      title: () => t('flow.command.compose'),
      group: 'run',
      unavailable: withoutCluster,
      run: () => void router.push({ path: '/flow', query: { ...route.query, compose: 'KvPut' } }),
    },
  ])
}
