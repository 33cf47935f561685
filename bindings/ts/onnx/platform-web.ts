/** What differs between Node and everywhere else: where downloads are kept, and where the runtime lies. */
export { openFileCache } from './file-cache-web.js';

/** ONNX Runtime finds its own files. */
export function runtimePaths(): string | undefined {
  return undefined;
}
