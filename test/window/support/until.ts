import { setTimeout as pause } from 'node:timers/promises'

/** For `expect.poll`, whose own second is too short for a program that others keep waiting. Nothing waits as long when all is well. */
export const patiently = { timeout: 20_000 } as const

/**
 * Waits for a condition by asking again and again, also outside of tests.
 *
 * @throws Error that names what did not come within 30 s
 */
export async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const [everyMs, mostMs] = [50, 30_000]
  for (let waitedMs = 0; waitedMs < mostMs; waitedMs += everyMs) {
    if (await holds()) return
    await pause(everyMs)
  }
  throw new Error(`Waited ${String(mostMs / 1000)} s in vain for this: ${what}.`)
}
