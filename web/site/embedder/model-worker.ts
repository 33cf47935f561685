/**
 * The worker of the model. It is the page's and outlives a cancelled download: a worker that is ended at once does not hear
 * that it should stop, and Firefox then goes on loading what it asked for, where the page has a service worker.
 */
let worker: Worker | undefined;

export function modelWorker(): Worker {
  worker ??= new Worker(new URL('signalbox/onnx-worker-entry', import.meta.url), { type: 'module' });
  return worker;
}

/** With it goes all memory of the model. */
export function endModelWorker(): void {
  worker?.terminate();
  worker = undefined;
}
