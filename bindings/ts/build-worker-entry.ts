/** Script of the worker of `buildInWorker` and `planInWorker`: `new Worker(new URL('signalbox/build-worker-entry', ...), { type: 'module' })`. */
import { buildFromFiles } from './building/build-files.js';
import { answerBuilds } from './building/build-server.js';
import { plan } from './planning/plan-files.js';
import { serveWorker } from './workers/answers.js';

serveWorker((port) => answerBuilds(port, { build: buildFromFiles, plan }));
