/**
 * The worker of the model. It outlives a cancelled download: a worker that is terminated at once never receives the abort,
 * and Firefox then continues the download if the page has a service worker.
 */
let worker: Worker | undefined;

export function modelWorker(): Worker {
  worker ??= new Worker(new URL('signalbox/onnx-worker-entry', import.meta.url), { type: 'module' });
  return worker;
}

/** Terminates the worker, which frees all memory of the model. */
export function endModelWorker(): void {
  worker?.terminate();
  worker = undefined;
}
