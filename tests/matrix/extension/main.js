import { Router } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { options } from './options.js';
import { decide, report } from './uses.js';

const inPage = await report({
  Router: () => decide(() => Router.load(options)),
  WorkerRouter: () => decide(() => WorkerRouter.load(options)),
});
globalThis.said = { ...inPage, ...(await chrome.runtime.sendMessage('route')) };
