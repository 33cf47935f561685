/** A wasm file of the package where importing one compiles it, as in Cloudflare's workers. */
import type { CompiledModule } from '../types.js';

declare const compiled: CompiledModule;
export default compiled;
