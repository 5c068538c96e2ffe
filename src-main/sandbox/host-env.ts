/** The world as the two hosts and the door get to see it: they reach `env/` only through this composition root. */
export { realEnv } from '../env/real'
export type { Clock, Disk, Env } from '../env'
