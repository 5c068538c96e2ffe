import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { resolve } from 'node:path'

const root = import.meta.dirname
const at = (...parts: string[]) => resolve(root, ...parts)

/**
 * Everything that runs in the main process or in plain Node is bundled to CommonJS, because the oldest supported runtime
 * (Electron 25) does not take an ES module as its entry. Of the packages in `dependencies` those stay outside that are native,
 * and those that read files of their own. gRPC and protobuf are bundled: each node is a thread that loads them anew, and loading
 * two hundred small files took it longer than all the rest of its start.
 */
export default defineConfig({
  main: {
    build: {
      outDir: at('out/main'),
      target: 'node18',
      sourcemap: true,
      // gRPC names the loader where it is never called here; what needs it is outside, too.
      externalizeDeps: { exclude: ['@bufbuild/protobuf', '@grpc/grpc-js'], include: ['@grpc/proto-loader'] },
      rolldownOptions: {
        input: {
          electron: at('src-main/electron/main.ts'),
          headless: at('src-main/headless/main.ts'),
          launcher: at('src-main/headless/launcher/main.ts'),
          'node-worker': at('src-main/sandbox/node/worker-entry.ts'),
          'node-process': at('src-main/sandbox/node/process-entry.ts'),
          'dingo-sandbox': at('src-main/headless/cluster/main.ts'),
        },
        output: {
          format: 'cjs',
          entryFileNames: '[name].cjs',
          chunkFileNames: 'chunks/[name]-[hash].cjs',
          comments: { jsdoc: false },
        },
      },
    },
  },
  preload: {
    build: {
      outDir: at('out/preload'),
      target: 'node18',
      // A sandboxed preload can require nothing but electron, so all else is bundled into its one file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { preload: at('src-main/electron/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src-renderer'),
    build: {
      outDir: at('out/renderer'),
      target: 'chrome114',
      sourcemap: true,
      // Inlined assets would need `data:` in the content security policy.
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      rolldownOptions: { input: { index: at('src-renderer/index.html') } },
    },
    plugins: [vue()],
  },
})
