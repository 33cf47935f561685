/** What Embind registers (bindings/embind.cpp). Pointers and sizes are numbers; strings that come back are JSON. */
export interface GlueModule {
  readonly HEAPU8: Uint8Array;
  allocate(sizeBytes: number): number;
  release(pointer: number): void;
  openIndex(pointer: number, sizeBytes: number): string;
  describeIndex(handle: number): string;
  openEmbedder(pointer: number, sizeBytes: number, configJson: string): string;
  embed(handle: number, ids: number, offsets: number, count: number, out: number): string;
  route(handle: number, vector: number, optionsJson: string): string;
  routeTask(handle: number, vectors: number, count: number, optionsJson: string): string;
  buildIndex(specJson: string, embeddings: number, rowTasks: number, outcomes: number, rows: number): string;
  leaveOneTaskOut(handle: number, embeddings: number, k: number): string;
  close(handle: number): string;
  liveHandles(): number;
  errorCodes(): string;
  crc32(pointer: number, sizeBytes: number): number;
}

export interface GlueOptions {
  instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object;
}

declare const createModule: (options: GlueOptions) => Promise<GlueModule>;
export default createModule;
