import { join } from 'node:path'
import { connectToCluster } from '../../../src-main/client/connect'
import { realEnv } from '../../../src-main/env/real'
import { ClusterHost } from '../../../src-main/sandbox/cluster/cluster-host'
import { defaultWorkspaceDirectory } from '../../../src-main/sandbox/workspace'

/** Makes the default workspace of a user: a cluster of 3 + 3 with so many regions, each with three replicas, closed again. */
export async function makeClusterOfRegions(userDataDirectory: string, regions: number): Promise<void> {
  const env = realEnv()
  const built = (name: string) => join(process.cwd(), 'out/main', name)
  const host = await ClusterHost.open({
    env,
    directory: defaultWorkspaceDirectory(userDataDirectory),
    basePort: 0,
    entries: { worker: built('node-worker.cjs'), process: built('node-process.cjs') },
  })
  try {
    await host.start()
    const client = connectToCluster(env, { coordinators: host.addresses().coordinators })
    try {
      const key = (number: number) => new TextEncoder().encode(`r${String(number).padStart(8, '0')}`)
      for (let region = 0; region < regions; region++) {
        await client.regions.create({
          name: `bench-${String(region)}`,
          range: { startKey: key(region), endKey: key(region + 1) },
        })
      }
    } finally {
      await client.close()
    }
  } finally {
    await host.close()
  }
}
