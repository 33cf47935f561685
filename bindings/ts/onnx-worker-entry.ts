/** Script of an ONNX embedder's worker: `new Worker(new URL('signalbox/onnx-worker-entry', ...), { type: 'module' })`. */
import { serveOnnx } from './onnx/worker-server.js';
import { serveWorker } from './workers/answers.js';

/**
 * Becomes a thread of ONNX Runtime, which starts this script for each thread if a bundler made the runtime a part of it.
 * The runtime recognises the thread by the worker's name. Messages that arrive before the runtime is loaded are repeated.
 */
async function beThread(): Promise<void> {
  const early: MessageEvent[] = [];
  const keep = (event: MessageEvent) => early.push(event);
  addEventListener('message', keep);
  await import('onnxruntime-web/wasm');
  removeEventListener('message', keep);
  for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
}

if ((globalThis as { name?: string }).name?.startsWith('em-pthread')) beThread();
else serveWorker(serveOnnx);
