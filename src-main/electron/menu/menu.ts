import { Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { Command, CommandTarget, PageCommandId } from './commands'
import { commands, pageCommands } from './commands'
import type { MenuLanguage, MenuText } from './labels'
import { labels } from './labels'

/** A part of a menu: a command, a line, or a menu of its own. */
type Part = Command | 'line' | { readonly menu: MenuText; readonly parts: readonly Part[] }

const c = commands
const p = pageCommands

function layout(operatingSystem: string): readonly Part[] {
  const onMac = operatingSystem === 'darwin'
  return [
    {
      menu: 'file',
      parts: [
        ...(onMac ? [c.about, 'line' as const] : []),
        p.newSandbox,
        p.openWorkspace,
        p.closeSandbox,
        'line',
        c.openWorkspaceFolder,
        c.openLogsFolder,
        'line',
        c.quit,
      ],
    },
    { menu: 'edit', parts: [c.undo, c.redo, 'line', c.cut, c.copy, c.paste, c.selectAll] },
    {
      menu: 'view',
      parts: [
        p.sideBar,
        p.inspector,
        p.panel,
        'line',
        { menu: 'theme', parts: [c.themeSystem, c.themeLight, c.themeDark] },
        { menu: 'language', parts: [c.languageSystem, c.languageEnglish, c.languageChinese] },
        'line',
        c.zoomIn,
        c.zoomOut,
        c.actualSize,
        c.fullScreen,
        'line',
        c.reload,
        c.developerTools,
      ],
    },
    {
      menu: 'go',
      parts: [
        p.palette,
        p.entity,
        'line',
        p.back,
        p.forward,
        'line',
        p.start,
        p.cluster,
        p.tables,
        p.regions,
        p.keyspace,
        p.flow,
        p.engine,
        p.metrics,
      ],
    },
    { menu: 'runMenu', parts: [p.run, p.pause, 'line', p.stepOver, p.stepInto, p.stepOut, 'line', p.breakpoint] },
    { menu: 'window', parts: [c.minimize, c.close] },
    { menu: 'help', parts: [p.keys, c.storeDocumentation, ...(onMac ? [] : ['line' as const, c.about])] },
  ]
}

/** The application menu in a language, as the template that Electron builds menus from. */
export function menuTemplate(
  language: MenuLanguage,
  target: CommandTarget,
  operatingSystem: string = process.platform,
): MenuItemConstructorOptions[] {
  const text = labels[language]
  const build = (part: Part): MenuItemConstructorOptions => {
    if (part === 'line') return { type: 'separator' }
    if ('menu' in part) return { label: text[part.menu], submenu: part.parts.map(build) }
    const { id, label, accelerator, role, isChosen, run, inPage } = part
    return {
      id,
      label: typeof label === 'string' ? text[label] : label.name,
      ...(accelerator !== undefined && { accelerator }),
      ...(role !== undefined && { role }),
      ...(isChosen !== undefined && { type: 'radio', checked: isChosen(target) }),
      ...(run !== undefined && { click: () => run(target) }),
      ...(inPage && { registerAccelerator: false, click: () => target.runInPage(id as PageCommandId) }),
    }
  }
  return layout(operatingSystem).map(build)
}

/** Puts the menu in place of the one before. */
export function showMenu(language: MenuLanguage, target: CommandTarget): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(language, target)))
}
