/** Address of the lab's module, apart from `assets.ts` so that a bundle for routing does not contain the file. */
export const LAB_WASM = new URL('./signalbox-lab.wasm', import.meta.url);
