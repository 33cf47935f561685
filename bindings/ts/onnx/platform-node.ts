/** The cache of downloads and the location of the runtime, in Node.js. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export { openFileCache } from './file-cache-node.js';

/**
 * Returns the folder of ONNX Runtime's files as a path: by default, with threads, it fetches them by address, which
 * Node.js refuses.
 */
export function runtimePaths(): string | undefined {
  return path.dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'))) + path.sep;
}
