import { useI18n } from 'vue-i18n'
import { useRoute, useRouter } from 'vue-router'
import { useDoorClient } from '../../data/door-client'
import { useNodeControlStore } from '../../data/node-control-store'
import { usePreferencesStore } from '../../data/preferences-store'
import { useSessionStore } from '../../data/session-store'
import { useInspectorShown } from '../inspector/inspector-shown'
import { useLayoutStore } from '../layout/layout-store'
import { screens } from '../navigation/screens'
import { languagePreferences, themePreferences } from '../preference-choices'
import { useTabsStore } from '../tabs/open-tabs'
import type { Command } from './command'
import { provideCommands } from './command-registry'

/** Parts of the shell that commands open. */
export interface ShellDialogs {
  openPalette(): void
  openGoTo(): void
  openHelp(): void
}

/**
 * The commands that are there on every screen. The menu of the window knows those of its own by the same ids and shows the
 * same keys (src-main/electron/menu/commands.ts).
 */
export function provideShellCommands(dialogs: ShellDialogs): void {
  const { t } = useI18n()
  provideCommands([...goCommands(t, dialogs), ...viewCommands(t), ...sessionCommands(t), ...preferenceCommands(t)])
  provideCommands([
    { id: 'help.keys', title: () => t('command.help'), group: 'help', keys: ['?'], run: dialogs.openHelp },
  ])
}

type Translate = ReturnType<typeof useI18n>['t']

function goCommands(t: Translate, dialogs: ShellDialogs): readonly Command[] {
  const router = useRouter()
  const tabs = useTabsStore()
  const go = (address: string | undefined) => {
    if (address !== undefined) void router.push(address)
  }
  const closeTab = () => {
    if (tabs.activePath !== undefined) go(tabs.close(tabs.activePath))
  }
  return [
    {
      id: 'go.palette',
      title: () => t('command.palette'),
      group: 'go',
      keys: ['Mod+Shift+P', 'Mod+K'],
      run: dialogs.openPalette,
    },
    { id: 'go.entity', title: () => t('command.goTo'), group: 'go', keys: ['Mod+P'], run: dialogs.openGoTo },
    { id: 'go.back', title: () => t('command.back'), group: 'go', keys: ['Alt+Left'], run: () => router.back() },
    {
      id: 'go.forward',
      title: () => t('command.forward'),
      group: 'go',
      keys: ['Alt+Right'],
      run: () => router.forward(),
    },
    { id: 'tab.close', title: () => t('shell.closeTab'), group: 'go', keys: ['Alt+W'], run: closeTab },
    {
      id: 'tab.next',
      title: () => t('command.nextTab'),
      group: 'go',
      keys: ['Alt+PageDown'],
      run: () => go(tabs.beside(1)),
    },
    {
      id: 'tab.previous',
      title: () => t('command.previousTab'),
      group: 'go',
      keys: ['Alt+PageUp'],
      run: () => go(tabs.beside(-1)),
    },
  ]
}

function viewCommands(t: Translate): readonly Command[] {
  const router = useRouter()
  const route = useRoute()
  const tabs = useTabsStore()
  const layout = useLayoutStore()
  const show = screens.map(({ name, path, title }, at): Command => ({
    id: `view.${name}`,
    title: () => t('command.show', { screen: t(title) }),
    group: 'view',
    keys: [`Ctrl+${at + 1}`],
    run: () => void router.push(tabs.tabs.find((tab) => tab.path === path)?.address ?? path),
  }))
  const inspector = useInspectorShown()
  const toggleInspector = () => {
    layout.isInspectorOpen = !inspector.isShown.value
    if (!layout.isInspectorOpen && route.query['inspect'] !== undefined) {
      void router.replace({ path: route.path, query: { ...route.query, inspect: undefined } })
    }
  }
  return [
    ...show,
    {
      id: 'view.system',
      title: () => t('command.show', { screen: t('welcome.screen') }),
      group: 'view',
      run: () => void router.push('/system'),
    },
    {
      id: 'view.sideBar',
      title: () => t('command.sideBar'),
      group: 'view',
      keys: ['Mod+B'],
      run: () => void (layout.isSideBarOpen = !layout.isSideBarOpen),
    },
    {
      id: 'view.inspector',
      title: () => t('command.inspector'),
      group: 'view',
      keys: ['Mod+Alt+B'],
      unavailable: () => (inspector.hasUse.value ? undefined : t('inspector.hint')),
      run: toggleInspector,
    },
    {
      id: 'view.panel',
      title: () => t('command.panel'),
      group: 'view',
      keys: ['Mod+J'],
      run: () => layout.togglePanel(),
    },
    {
      id: 'view.problems',
      title: () => t('command.problems'),
      group: 'view',
      keys: ['Mod+Shift+M'],
      run: () => layout.togglePanel('problems'),
    },
  ]
}

function sessionCommands(t: Translate): readonly Command[] {
  const router = useRouter()
  const client = useDoorClient()
  const session = useSessionStore()
  const control = useNodeControlStore()
  const isClosed = () => session.view === undefined || session.view.phase === 'closed'
  const toStart = () => void router.push('/start')
  return [
    { id: 'session.new', title: () => t('command.newSandbox'), group: 'file', keys: ['Mod+N'], run: toStart },
    { id: 'session.open', title: () => t('command.openWorkspace'), group: 'file', keys: ['Mod+O'], run: toStart },
    {
      id: 'session.close',
      title: () => t('command.closeSandbox'),
      group: 'file',
      unavailable: () => (isClosed() ? t('shell.noCluster') : undefined),
      run: () => client.session.close.mutate(),
    },
    {
      id: 'cluster.healAll',
      title: () => t('command.healAll'),
      group: 'cluster',
      unavailable: () => {
        if (!session.isRunning) return t('shell.noCluster')
        const { cutLinks, delayedLinks } = session.view ?? { cutLinks: [], delayedLinks: [] }
        return cutLinks.length + delayedLinks.length === 0 ? t('command.noCutLinks') : undefined
      },
      run: () => control.healAll(),
    },
  ]
}

function preferenceCommands(t: Translate): readonly Command[] {
  const preferences = usePreferencesStore()
  const themeNames = { system: 'shell.themeSystem', light: 'shell.themeLight', dark: 'shell.themeDark' } as const
  const languageNames = { system: () => t('shell.languageSystem'), en: () => 'English', 'zh-CN': () => '中文' }
  return [
    ...themePreferences.map((theme): Command => ({
      id: `theme.${theme}`,
      title: () => t('command.theme', { name: t(themeNames[theme]) }),
      group: 'view',
      run: () => preferences.change({ theme }),
    })),
    ...languagePreferences.map((language): Command => ({
      id: `language.${language}`,
      title: () => t('command.language', { name: languageNames[language]() }),
      group: 'view',
      run: () => preferences.change({ language }),
    })),
  ]
}
