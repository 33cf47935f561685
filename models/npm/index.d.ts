import type { OnnxEmbedder, OnnxLoadOptions } from 'signalbox/onnx';
import type { WorkerRouter } from 'signalbox/worker';

/** Returns the address of the index, which has the rows, tasks and models of the index that ships with signalbox. */
export declare function index(): URL;

/** Options that do not say which model is loaded: that is the one of this package. */
export type PackedOptions = Pick<
  OnnxLoadOptions,
  'cache' | 'device' | 'onProgress' | 'runtimeWasm' | 'signal' | 'startTimeoutMs' | 'threads' | 'worker'
>;

/** Loads the model of this package, checked by SHA-256. Errors: those of `OnnxEmbedder.load`. */
export declare function embedder(options?: PackedOptions): Promise<OnnxEmbedder>;

/**
 * Loads a router over the index and the model of this package, for example as the second one of a `RefiningRouter`.
 * Errors: those of `WorkerRouter.load` and `OnnxEmbedder.load`.
 */
export declare function refine(options?: PackedOptions): Promise<WorkerRouter>;
