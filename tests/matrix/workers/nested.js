// A worker that starts the router's worker.
import { WorkerRouter } from 'signalbox/worker';
import { options } from './options.js';
import { decide, report } from './uses.js';

postMessage(await report({ 'worker in a worker': () => decide(() => WorkerRouter.load(options)) }));
