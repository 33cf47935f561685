/** The script of the worker: `new Worker(new URL('signalbox/worker-entry', ...), { type: 'module' })`. */

import type { WorkerRequest } from './routing/router-protocol.js';
import { serve } from './routing/router-server.js';
import type { Port } from './workers/answers.js';

serve(globalThis as unknown as Port<WorkerRequest>);
