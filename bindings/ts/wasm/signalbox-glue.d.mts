/**
 * The functions that Embind registers (bindings/embind.cpp). Pointers and sizes are numbers; returned strings are JSON.
 */
export interface GlueModule extends ModuleMemory {
  openIndex(pointer: number, sizeBytes: number): string;
  checkIndexStart(pointer: number, sizeBytes: number, fileBytes: number): string;
  describeIndex(handle: number): string;
  sketchIndex(handle: number): string;
  openEmbedder(pointer: number, sizeBytes: number, configJson: string): string;
  embed(handle: number, ids: number, offsets: number, count: number, out: number): string;
  /** Returns the address of a decision's numbers (decision-numbers.ts), or 0; `lastFailure` then says why. */
  decideInput(handle: number, vector: number, optionsJson: string, promptTokens: number, distanceScale: number): number;
  lastFailure(): string;
  openTask(index: number, count: number, optionsJson: string): string;
  addInputs(task: number, vectors: number, count: number): string;
  setAnswers(task: number, groups: number, count: number): string;
  nextLabels(task: number, n: number, seed: number): string;
  stepTask(task: number, most: number): string;
  decideTask(task: number, distanceScale: number): number;
  cascade(handle: number, vector: number, optionsJson: string): string;
  close(handle: number): string;
  errorCodes(): string;
  policies(): string;
  crc32(pointer: number, sizeBytes: number): number;
}

/** Members that the router's module and the lab's share. */
export interface ModuleMemory {
  readonly HEAPU8: Uint8Array;
  allocate(sizeBytes: number): number;
  release(pointer: number): void;
  liveHandles(): number;
}

export interface GlueOptions {
  // The platform's own types, which a compiler may not have.
  // biome-ignore lint/suspicious/noExplicitAny: WebAssembly.Imports and WebAssembly.Instance
  instantiateWasm(imports: any, receive: (instance: any) => void): object;
  printErr(text: string): void;
}

declare const createModule: (options: GlueOptions) => Promise<GlueModule>;
export default createModule;
