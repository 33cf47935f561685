/** `signalbox/worker`: a router that runs in a worker and keeps the page free. */
export { type WorkerLoadOptions, WorkerRouter } from './routing/worker-router.js';
