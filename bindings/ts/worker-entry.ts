/** Script of a router's worker: `new Worker(new URL('signalbox/worker-entry', ...), { type: 'module' })`. */
import { answerPort } from './routing/router-server.js';
import { serveWorker } from './workers/answers.js';

serveWorker(answerPort);
