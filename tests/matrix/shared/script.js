// The script of a runtime without pages: prints what each use returns.
import { Router } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { decide, report } from './uses.js';

const uses = {
  Router: () => decide(() => Router.load()),
  WorkerRouter: () => decide(() => WorkerRouter.load()),
};
console.log(JSON.stringify(await report(uses)));
