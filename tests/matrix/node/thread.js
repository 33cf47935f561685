// A thread of the app's own that routes, and one that serves.
import { parentPort } from 'node:worker_threads';
import { Router } from 'signalbox';
import { decide, report } from './uses.js';

parentPort.postMessage(await report({ 'in a thread': () => decide(() => Router.load()) }));
