/** Finds the table of other languages: that of a checkout, else that of its package. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { StaticEmbedder } from '../embedding/static-embedder.js';
import { errorFrom } from '../errors.js';
import type { Embedder } from '../types.js';

const PACKAGE = 'signalbox-multilingual';
const TABLE = 'table.bin';

/** Returns the file of the package beside this one, else of that in the working folder. */
function installed(): string | undefined {
  for (const from of [fileURLToPath(import.meta.url), path.join(process.cwd(), 'x')]) {
    try {
      return createRequire(from).resolve(`${PACKAGE}/${TABLE}`);
    } catch {
      // Not there.
    }
  }
  return undefined;
}

/** Loads the table. Errors: `network` if it is not installed, and those of `StaticEmbedder.load`. */
export async function loadMultilingual(): Promise<Embedder> {
  const inCheckout = fileURLToPath(new URL('../../models/multilingual', import.meta.url));
  const place = existsSync(path.join(inCheckout, 'model.safetensors')) ? inCheckout : installed();
  if (place === undefined) throw errorFrom('network', `${PACKAGE} is not installed: npm install ${PACKAGE}`);
  return StaticEmbedder.load(place);
}
