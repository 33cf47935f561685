/** Address of the lab's module, apart from `assets.ts` so that a bundle for routing does not contain the file. */
import { locate } from './assets.js';

export const labWasmAddress = (): URL =>
  locate(() => {
    return new URL('./signalbox-lab.wasm', import.meta.url);
  }, 'wasm');
