import type { StageCause } from '../../../src-main/flow/stage-event'

type Translate = (key: string, parameters: Record<string, unknown>) => string

/** Parameters of causes that name a node by its id. */
const nodeParameters: ReadonlySet<string> = new Set(['to', 'from', 'peer', 'node', 'leader'])

/**
 * Why a stage happened, in the reader's language; in English where there are no words for it yet.
 *
 * @param label the short name of a node
 */
export function causeSentence(
  t: unknown,
  te: (key: string) => boolean,
  { code, parameters, sentence }: StageCause,
  label: (nodeId: number) => string,
): string {
  const key = `flow.cause.${code}`
  if (!te(key)) return sentence
  const shown = Object.entries(parameters).map(([name, value]) => [
    name,
    nodeParameters.has(name) ? label(Number(value)) : value,
  ])
  // Codes come from the host, so that the compiler cannot know the key.
  return (t as Translate)(key, Object.fromEntries(shown) as Record<string, unknown>)
}
