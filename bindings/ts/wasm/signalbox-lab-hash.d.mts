/** Written by the build (bindings/wasm-hash.cmake). */
import type { WasmFile } from './wasm-module.js';

export declare const WASM_FILE: WasmFile;
