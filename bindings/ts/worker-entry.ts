/** The script of the worker: `new Worker(new URL('signalbox/worker-entry', ...), { type: 'module' })`. */
import type { Port } from './worker-answers.js';
import type { WorkerRequest } from './worker-protocol.js';
import { serve } from './worker-server.js';

serve(globalThis as unknown as Port<WorkerRequest>);
