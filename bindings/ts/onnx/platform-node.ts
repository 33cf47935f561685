/** What differs between Node and everywhere else: where downloads are kept, and where the runtime lies. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export { openFileCache } from './file-cache-node.js';

/**
 * Told as a path: left to itself, ONNX Runtime fetches its file by address as soon as there are threads, which Node
 * refuses.
 */
export function runtimePaths(): string | undefined {
  return path.dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/wasm'))) + path.sep;
}
