// Imports modules of the extension into Node.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const extension = fileURLToPath(new URL('../../web/extension', import.meta.url));

/** Bundles and imports a file, given by its path below web/extension. */
export async function importExtension(file, { firefox = false } = {}) {
  const folder = mkdtempSync(path.join(tmpdir(), 'signalbox-extension-'));
  try {
    const outfile = path.join(folder, 'module.mjs');
    await build({
      entryPoints: [path.join(extension, file)],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'neutral',
      mainFields: ['module', 'main'],
      define: { FIREFOX: String(firefox) },
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
