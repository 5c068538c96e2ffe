import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/**
 * Three projects: `node` for everything that runs without a page, `renderer` for components in a DOM, `window` for the
 * built program in a real Electron and a real browser. `test/run.mjs` builds first and runs all three.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/renderer/**', 'test/window/**'],
          testTimeout: 60_000,
        },
      },
      {
        plugins: [vue()],
        test: { name: 'renderer', environment: 'happy-dom', include: ['test/renderer/**/*.test.ts'] },
      },
      {
        test: {
          name: 'window',
          environment: 'node',
          include: ['test/window/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // Windows share one display and two cores: side by side they would only wait for each other.
          fileParallelism: false,
        },
      },
    ],
  },
})
