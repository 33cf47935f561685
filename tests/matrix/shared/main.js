// The script of a page: a router here, one in a worker, and one in a worker of the app's own.
import { Router } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { extras } from './extras.js';
import { options } from './options.js';
import { decide, report } from './uses.js';

const ownWorker = () => new Worker(new URL('./own-worker.js', import.meta.url), { type: 'module' });

globalThis.said = await report({
  Router: () => decide(() => Router.load(options)),
  WorkerRouter: () => decide(() => WorkerRouter.load(options)),
  'own entry': () => decide(() => WorkerRouter.load({ ...options, worker: ownWorker() })),
  ...extras,
});
