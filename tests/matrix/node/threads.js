import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { WorkerRouter } from 'signalbox/worker';
import { decide, report } from './uses.js';

const [inThread] = await once(new Worker(new URL('./thread.js', import.meta.url)), 'message');
const worker = new Worker(new URL('./own-worker.js', import.meta.url));
const own = await report({ 'own entry': () => decide(() => WorkerRouter.load({ worker })) });
await worker.terminate();
console.log(JSON.stringify({ ...inThread, ...own }));
