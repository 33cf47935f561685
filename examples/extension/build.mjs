// Writes the extension into dist/, to load unpacked. A store takes no code from elsewhere, so everything lies inside.
import { copyFileSync, cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
await build({ entryPoints: ['background.js', 'popup.js'], bundle: true, format: 'esm', outdir: 'dist' });
for (const file of ['manifest.json', 'popup.html']) copyFileSync(file, `dist/${file}`);
const files = fileURLToPath(new URL('.', import.meta.resolve('signalbox')));
for (const file of ['signalbox.wasm', 'models/index/index.sbx', 'models/embedder/embedder.bin']) {
  cpSync(`${files}${file}`, `dist/signalbox/${file}`);
}
