// What a test of an app does: it decides with the files as they are, and with bytes read from the disk.
import { readFile, writeFile } from 'node:fs/promises';
import { Router } from 'signalbox';
import { decide, report } from './uses.js';

const WASM = 'node_modules/signalbox/dist/signalbox.wasm';

/** Writes what each use returns to a file. */
export async function write(file) {
  const results = await report({
    Router: () => decide(() => Router.load()),
    bytes: () => decide(async () => Router.load({ wasm: await readFile(WASM) })),
  });
  await writeFile(file, JSON.stringify(results));
}
