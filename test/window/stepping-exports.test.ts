import { afterAll, describe, expect, it } from 'vitest'
import type { TestContext } from 'vitest'
import { makeSmallTable } from './support/demo-cluster'
import { doorOfPage } from './support/door-of-page'
import { FlowScreen } from './support/flow-screen'
import { keepScreenshot } from './support/page-checks'
import { temporaryDirectory } from './support/temporary-directory'
import { windowHosts } from './support/window-hosts'
import type { RunningProgram, SavedFile } from './support/window-hosts'

/** Waiting for a cluster that is loaded by other tests at the same time; nothing here waits as long when all is well. */
const PATIENCE_MS = 20_000
const cluster = ['--coordinators', '1', '--stores', '3', '--base-port', '0', '--ephemeral']

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

/** What is looked at of OTLP's JSON. */
interface Otlp {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: ReadonlyArray<{ name: string; parentSpanId?: string }> }>
  }>
}

/** A put on its way through three replicas, handed on to other programs. */
describe.each(windowHosts)('a trace that is exported in $name', (host) => {
  const userData = temporaryDirectory()
  let program: RunningProgram | undefined
  let traceId = ''

  /** Shows a put that has ended. */
  async function thePut(context: TestContext): Promise<FlowScreen> {
    await host.require(context)
    if (program !== undefined) return new FlowScreen(program.page)
    program = await host.start(context, userData.path, cluster)
    const { page } = program
    context.onTestFailed(() => keepScreenshot(page, `failed-exports-${host.name}`))
    page.setDefaultTimeout(PATIENCE_MS)
    await makeSmallTable(doorOfPage(page))
    const screen = new FlowScreen(page)
    await screen.open()
    await screen.put('ada', '{"name":"Ada"}', 'send')
    await screen.ended('done')
    // Followers apply after the client has its answer; one that has applied reports no more stages.
    for (const node of ['S1', 'S2', 'S3']) {
      for (const stage of ['log.sync', 'rawEngine.write']) await screen.passed(stage, node).waitFor()
    }
    traceId = /trace=([0-9a-f]+)/.exec(page.url())?.[1] ?? ''
    return screen
  }

  async function save({ page }: FlowScreen, format: string): Promise<SavedFile> {
    if (program === undefined) throw new Error('The program is not running.')
    return await program.saving(async () => {
      await page.getByRole('button', { name: 'Export' }).click()
      await keepScreenshot(page, `exports-${host.name}-menu`)
      await page.getByRole('menuitem', { name: `Save as ${format}` }).click()
    })
  }

  afterAll(async () => {
    await program?.end()
    userData.remove()
  })

  it('is a sequence diagram of Mermaid with an actor for each node', async (context) => {
    const screen = await thePut(context)
    const { name, text } = await save(screen, 'Mermaid diagram')
    expect(name).toBe(`trace-${traceId.slice(0, 8)}.mmd`)
    const [first, ...lines] = text.trimEnd().split('\n')
    expect(first).toBe('sequenceDiagram')
    const actors = lines.flatMap((line) => /^ {2}participant (n\d+) as (.+)$/.exec(line)?.slice(1, 3) ?? [])
    expect(actors.filter((_word, at) => at % 2 === 1).sort()).toEqual(['client', 'store-1', 'store-2', 'store-3'])
    const rest = lines.slice(actors.length / 2)
    for (const line of rest) expect(line).toMatch(/^ {2}(n\d+->>n\d+|Note over n\d+): \S+: .+/)
    expect(rest.filter((line) => /->>n\d+: raft\.send: /.test(line))).toHaveLength(2)
    expect(rest.at(0)).toMatch(/client\.kvPut/)
  })

  it('is OTLP JSON with a span for each stage, below one for the put', async (context) => {
    const screen = await thePut(context)
    const { name, text } = await save(screen, 'OTLP JSON')
    expect(name).toBe(`trace-${traceId.slice(0, 8)}.otlp.json`)
    const { resourceSpans } = JSON.parse(text) as Otlp
    const nodes = resourceSpans.map(
      ({ resource }) => resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue,
    )
    expect(nodes.sort()).toEqual(['client', 'store-1', 'store-2', 'store-3'])
    const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans).flatMap((scope) => scope.spans)
    const { stages } = await doorOfPage(screen.page).flow.trace.query({ traceId })
    const ofStages = spans.filter(({ parentSpanId }) => parentSpanId !== undefined).map((span) => span.name)
    expect(ofStages.sort()).toEqual(stages.map(({ stage }) => stage).sort())
    expect(spans.filter(({ parentSpanId }) => parentSpanId === undefined).map((span) => span.name)).toEqual(['KvPut'])
    await screen.headline.getByText(`stages: ${String(stages.length)}`).waitFor()
  })
})
