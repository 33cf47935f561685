/** The script of the worker: `new Worker(new URL('signalbox/worker-entry', ...), { type: 'module' })`. */
import { type Port, serve } from './worker-server.js';

serve(globalThis as unknown as Port);
