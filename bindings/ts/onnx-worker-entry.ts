/** The script of the worker of an ONNX embedder: `new Worker(new URL('signalbox/onnx-worker-entry', ...), { type: 'module' })`. */
import { serveOnnx } from './onnx/worker-server.js';
import { serveWorker } from './workers/answers.js';

/**
 * Where a bundler made ONNX Runtime a part of this script, each of its threads starts this script. The runtime then knows
 * by the worker's name what it is; what it was told before it was there is told again.
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
