// Loaded into the program before its own code (NODE_OPTIONS): prints when the first screen was painted with what the host
// told, and on request when the cluster serves and what the program costs while nobody touches it. The program itself is
// measured as it is, and waits for no driver.
if (process.versions.electron !== undefined) {
  const awaitsCluster = process.env.BENCH_AWAITS_CLUSTER !== undefined
  const idleMs = Number(process.env.BENCH_IDLE_MS ?? 0)

  // Asks for the entry that `elementtiming` of the heading leaves, which is there before or after the page has loaded.
  const untilInteractive = `new Promise((resolve) => {
    new PerformanceObserver((list) => {
      const entry = list.getEntries().find(({ identifier }) => identifier === 'interactive')
      if (entry !== undefined) resolve(performance.timeOrigin + entry.renderTime)
    }).observe({ type: 'element', buffered: true })
  })`
  // As the page itself asks; the phase is the first text of the answer.
  const untilRunning = `new Promise((resolve) => {
    const ask = async () => {
      const answer = await (await fetch('/api/session.get')).text()
      if (/"running/.test(answer.split('},')[1] ?? '')) resolve(performance.timeOrigin + performance.now())
      else setTimeout(ask, 20)
    }
    void ask()
  })`

  // Not at once: Electron makes its module known only after this has run.
  setImmediate(() => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- NODE_OPTIONS loads CommonJS
    const { app } = require('electron')
    const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

    async function measureIdle() {
      await wait(idleMs)
      // Shares are counted from one call to the next.
      app.getAppMetrics()
      await wait(idleMs)
      const processes = app.getAppMetrics()
      for (const { type, cpu, memory } of processes) {
        const megabytes = Math.round(memory.workingSetSize / 1024)
        process.stdout.write(`idle ${type} ${String(cpu.percentCPUUsage)} ${String(megabytes)}\n`)
      }
    }

    app.on('web-contents-created', (_event, contents) => {
      contents.once('did-finish-load', async () => {
        process.stdout.write(`interactive at ${String(await contents.executeJavaScript(untilInteractive))}\n`)
        if (awaitsCluster) {
          process.stdout.write(`cluster at ${String(await contents.executeJavaScript(untilRunning))}\n`)
        }
        if (idleMs > 0) await measureIdle()
        app.quit()
      })
    })
  })
}
