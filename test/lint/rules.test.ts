import { ESLint } from 'eslint'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'

// Where CI=true the parser takes it that each file is linted once, as it lies on disk, and would not see our texts.
process.env.TSESTREE_SINGLE_RUN = 'false'

const root = resolve(import.meta.dirname, '../..')
const eslint = new ESLint({ cwd: root })

/** The rules that refuse a text, as if it stood in the named file; the file must exist where rules need its types. */
async function rulesAgainst(filePath: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: resolve(root, filePath) })
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message)
}

/** A file under the rule that the world comes in through Env, and one where it comes in. */
const INSIDE = 'src-main/base/assert.ts'

describe('the world comes in through Env', () => {
  test.each([
    ['export const now = Date.now()', 'no-restricted-globals'],
    ['export const made = new Date()', 'no-restricted-globals'],
    ['export const now = performance.now()', 'no-restricted-globals'],
    ['export const now = globalThis.performance.now()', 'no-restricted-properties'],
    ['export const chance = Math.random()', 'no-restricted-properties'],
    ['export const later = setTimeout(() => 1, 1)', 'no-restricted-globals'],
    ['export const later = setInterval(() => 1, 1)', 'no-restricted-globals'],
    ['export const later = setImmediate(() => 1)', 'no-restricted-globals'],
    ["export { readFile } from 'node:fs/promises'", 'no-restricted-imports'],
    ["import fs from 'fs'\nexport default fs", 'no-restricted-imports'],
    ["import { connect } from 'node:net'\nexport default connect", 'no-restricted-imports'],
    ["import { setTimeout } from 'node:timers/promises'\nexport default setTimeout", 'no-restricted-imports'],
    ["import { randomBytes } from 'node:crypto'\nexport default randomBytes", 'no-restricted-imports'],
    ["export const page = fetch('x')", 'no-restricted-globals'],
  ])('%s', async (text, rule) => {
    expect(await rulesAgainst(INSIDE, `${text}\n`)).toContain(rule)
  })

  test('it holds for screens too, which have the globals of a page', async () => {
    expect(await rulesAgainst('src-renderer/app/main.ts', 'setTimeout(() => 1, 1)\n')).toContain(
      'no-restricted-globals',
    )
    expect(await rulesAgainst('src-renderer/app/main.ts', 'export const words = navigator.languages\n')).toEqual([])
  })

  test('it comes in at env/real, the hosts and tests', async () => {
    expect(await rulesAgainst('vitest.config.ts', 'export const now = Date.now()\n')).toEqual([])
    expect(await rulesAgainst('src-main/headless/start.mjs', 'export const now = Date.now()\n')).toEqual([])
    const config = (await eslint.calculateConfigForFile(resolve(root, 'src-main/env/real/any.ts'))) as {
      rules: Record<string, [number, ...Array<{ name?: string }>] | undefined>
    }
    expect(
      config.rules['no-restricted-globals']?.some((entry) => typeof entry === 'object' && entry.name === 'Date'),
    ).toBe(false)
  })
})

describe('what ships keeps to Electron 25', () => {
  test.each([
    ['export const pair = Promise.withResolvers()', 'no-restricted-properties'],
    ['export const groups = Object.groupBy([1], String)', 'no-restricted-properties'],
    ['export const list = Array.fromAsync([])', 'no-restricted-properties'],
    ['export const both = new Set([1]).union(new Set([2]))', 'no-restricted-syntax'],
    ['export const key = Symbol.dispose', 'no-restricted-properties'],
    ['export const either = AbortSignal.any([])', 'no-restricted-properties'],
    ['export const id = crypto.randomUUID()', 'no-restricted-globals'],
    ["export const file = new File([], 'x')", 'no-restricted-globals'],
    ["import { DatabaseSync } from 'node:sqlite'\nexport default DatabaseSync", 'no-restricted-imports'],
  ])('%s', async (text, rule) => {
    expect(await rulesAgainst(INSIDE, `${text}\n`)).toContain(rule)
  })

  test.each([
    'a { color: light-dark(black, white); }',
    '@starting-style { a { color: red; } }',
    'a { grid-template-columns: subgrid; }',
    'a { anchor-name: --chip; }',
  ])('%s', async (style) => {
    expect(await rulesAgainst('src-renderer/any.css', `${style}\n`)).toContain('house/chrome-114-css')
    const component = `<template><p /></template>\n\n<style scoped>\n${style}\n</style>\n`
    expect(await rulesAgainst('src-renderer/any.vue', component)).toContain('house/chrome-114-css')
  })

  test('a style that only speaks of them passes', async () => {
    expect(await rulesAgainst('src-renderer/any.css', '/* no light-dark() here */\na {\n  color: red;\n}\n')).toEqual(
      [],
    )
  })
})

test('an empty catch is refused, unless it says why', async () => {
  expect(await rulesAgainst('test/lint/chrome-114-css.js', 'try {\n  Object.keys({})\n} catch {}\n')).toContain(
    'no-empty',
  )
  const withReason = 'try {\n  Object.keys({})\n} catch {\n  // Nothing depends on it.\n}\n'
  expect(await rulesAgainst('test/lint/chrome-114-css.js', withReason)).toEqual([])
})
