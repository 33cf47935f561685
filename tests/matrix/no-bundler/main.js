// The script of a page without a bundler.
import { Router, WorkerRouter } from 'signalbox';
import { decide, report } from './uses.js';

globalThis.said = await report({
  Router: () => decide(() => Router.load()),
  WorkerRouter: () => decide(() => WorkerRouter.load()),
});
