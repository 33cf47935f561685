/** The script of the worker of an ONNX embedder: `new Worker(new URL('signalbox/onnx-worker-entry', ...), { type: 'module' })`. */
import type { OnnxRequest } from './onnx/worker-protocol.js';
import { serveOnnx } from './onnx/worker-server.js';
import type { Port } from './worker-answers.js';

serveOnnx(globalThis as unknown as Port<OnnxRequest>);
