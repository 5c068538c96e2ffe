import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readFileSync, rmSync, statSync, utimesSync, writeSync } from 'node:fs'
import { hostname } from 'node:os'

/**
 * A lock between processes: a file that whoever creates it owns. The holder renews the file's time while it lives; a
 * holder that died is recognized by its process id (on this machine, at once) or by its silence (anywhere else), so a
 * killed process blocks nobody for good.
 *
 * It is plain JavaScript because the build itself needs it before there is anything built.
 *
 * @param {string} path of the lock file; its directory exists
 * @param {import('./exclusive-lock.mjs').ExclusiveLockOptions} options
 * @returns {Promise<import('./exclusive-lock.mjs').ExclusiveLock>}
 */
export async function acquireLock(path, { onWait, pollMs = 100, heartbeatMs = 2_000, silenceLimitMs = 30_000 } = {}) {
  const content = JSON.stringify({ pid: process.pid, host: hostname(), token: randomUUID() })
  let hasWaited = false
  while (!create(path, content)) {
    if (removeIfAbandoned(path, silenceLimitMs)) continue
    if (!hasWaited) onWait?.()
    hasWaited = true
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
  const heartbeat = setInterval(() => renew(path, content), heartbeatMs)
  heartbeat.unref()
  return {
    release() {
      clearInterval(heartbeat)
      // After a silence longer than the limit, say a suspended laptop, the lock may belong to somebody else by now.
      if (read(path) === content) rmSync(path, { force: true })
    },
  }
}

function create(path, content) {
  try {
    const file = openSync(path, 'wx')
    try {
      writeSync(file, content)
    } finally {
      closeSync(file)
    }
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

function renew(path, content) {
  if (read(path) !== content) return
  const now = new Date()
  utimesSync(path, now, now)
}

/** Two waiters must not both remove: the slower one would remove the lock that the faster one has just taken. */
function removeIfAbandoned(path, silenceLimitMs) {
  if (!isAbandoned(path, silenceLimitMs)) return false
  const guard = `${path}.removal`
  if (!create(guard, String(process.pid))) {
    // The guard lives for microseconds. One that outlives the limit belongs to a process that died in between.
    if (ageMs(guard) > silenceLimitMs) rmSync(guard, { force: true })
    return false
  }
  try {
    if (isAbandoned(path, silenceLimitMs)) rmSync(path, { force: true })
    return true
  } finally {
    rmSync(guard, { force: true })
  }
}

function isAbandoned(path, silenceLimitMs) {
  const content = read(path)
  if (content === null) return false
  if (ageMs(path) > silenceLimitMs) return true
  const owner = parse(content)
  return owner !== null && owner.host === hostname() && !isAlive(owner.pid)
}

function parse(content) {
  try {
    return JSON.parse(content)
  } catch (error) {
    // Its owner is between creating the file and writing to it; only the age tells whether it will.
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Any other refusal (it belongs to another user) means that there is such a process.
    return error.code !== 'ESRCH'
  }
}

function read(path) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

function ageMs(path) {
  const stats = statSync(path, { throwIfNoEntry: false })
  return stats === undefined ? 0 : Date.now() - stats.mtimeMs
}
