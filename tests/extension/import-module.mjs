// Imports modules of the extension into Node.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const extension = fileURLToPath(new URL('../../web/extension', import.meta.url));

const only = (text) => new RegExp(`^${text.replace(/[.]/g, '\\.')}$`);

/** Replaces imported modules with these sources. */
const inPlace = (standIns) => ({
  name: 'stand-ins',
  setup: ({ onResolve, onLoad }) => {
    for (const name of Object.keys(standIns)) {
      onResolve({ filter: only(name) }, () => ({ path: name, namespace: 'stand-in' }));
    }
    onLoad({ filter: /./, namespace: 'stand-in' }, ({ path: name }) => ({ contents: standIns[name] }));
  },
});

/**
 * Bundles and imports a file, given by its path below web/extension. `standIns` maps import names to the sources that
 * replace these modules.
 */
export async function importExtension(file, { firefox = false, onnx = true, standIns = {} } = {}) {
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
      define: { FIREFOX: String(firefox), LANGUAGES: 'null', ONNX: String(onnx) },
      plugins: [inPlace(standIns)],
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
