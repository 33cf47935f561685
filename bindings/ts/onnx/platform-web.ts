/** The cache of downloads and the location of the runtime, outside of Node.js. */
export { openFileCache } from './file-cache-web.js';

/** Returns `undefined`: ONNX Runtime finds its own files. */
export function runtimePaths(): string | undefined {
  return undefined;
}
