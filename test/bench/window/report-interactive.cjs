// Loaded into the program before its own code (NODE_OPTIONS): prints when the first screen was painted with what the host
// told. The program itself is measured as it is, and waits for no driver.
if (process.versions.electron !== undefined) {
  // Not at once: Electron makes its module known only after this has run.
  setImmediate(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- NODE_OPTIONS loads CommonJS
    const { app } = require('electron')
    // Asks for the entry that `elementtiming` of the heading leaves, which is there before or after the page has loaded.
    const ask = `new Promise((resolve) => {
      new PerformanceObserver((list) => {
        const entry = list.getEntries().find(({ identifier }) => identifier === 'interactive')
        if (entry !== undefined) resolve(performance.timeOrigin + entry.renderTime)
      }).observe({ type: 'element', buffered: true })
    })`
    app.on('web-contents-created', (_event, contents) => {
      contents.once('did-finish-load', () => {
        contents.executeJavaScript(ask).then((atMs) => {
          process.stdout.write(`interactive at ${String(atMs)}\n`)
          app.quit()
        })
      })
    })
  })
}
