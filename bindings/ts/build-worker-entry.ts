/** Script of the worker of `buildInWorker`: `new Worker(new URL('signalbox/build-worker-entry', ...), { type: 'module' })`. */
import { answerBuilds } from './building/build-server.js';
import { serveWorker } from './workers/answers.js';

serveWorker(answerBuilds);
