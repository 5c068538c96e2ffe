/** Whether keys are those of macOS: Cmd where others have Ctrl. */
export const onMac = /Mac|iPhone|iPad/.test(window.navigator.userAgent)

/** Whether this page is in a browser, which keeps some keys for itself. */
export const inBrowser = (): boolean => window.sandboxWindow === undefined
