import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

const outDir = '../../dist/apps/web/page';

/** Compressed once at the build, so that the server only has to pick the file. */
const precompressed: Plugin = {
  name: 'precompressed',
  closeBundle() {
    for (const name of readdirSync(join(import.meta.dirname, outDir), { recursive: true, encoding: 'utf8' })) {
      if (!/\.(js|css|html|svg)$/.test(name)) continue;
      const file = join(import.meta.dirname, outDir, name);
      const text = readFileSync(file);
      const params = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: text.length };
      writeFileSync(`${file}.br`, brotliCompressSync(text, { params }));
      writeFileSync(`${file}.gz`, gzipSync(text, { level: 9 }));
    }
  },
};

/** `npx vite apps/web` beside `npm start` serves the page from its sources while one works on it. */
const server = 'http://localhost:3000';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [react(), precompressed],
  build: {
    outDir,
    emptyOutDir: true,
    target: 'es2022',
    reportCompressedSize: false,
    manifest: true,
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': server, '/health': server, '/metrics': server, '/ws': { target: server, ws: true } } },
});
