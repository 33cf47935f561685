/** Opens sessions of ONNX Runtime Web and runs batches. */

import type { InferenceSession, Tensor, TypedTensor } from 'onnxruntime-web';
import { runtimePaths } from '#onnx-platform';
import { errorFrom, SignalboxError } from '../errors.js';
import type { RuntimeOptions } from './options.js';
import { fromHalves, type HiddenStates } from './pooling.js';
import { splitWeights } from './split-weights.js';
import { withThreadLimit } from './threads.js';

type Ort = typeof import('onnxruntime-web/wasm');

/** Maximum default threads: more do not help with texts of a few hundred tokens. */
const MOST_THREADS = 4;

const INPUTS = ['input_ids', 'attention_mask', 'token_type_ids'] as const;
type InputName = (typeof INPUTS)[number];

/** Names that exporters give to the vectors of the tokens. */
const OUTPUTS = ['last_hidden_state', 'token_embeddings'];

/** Number of threads in this realm, which ONNX Runtime starts once. */
let startedThreads: number | undefined;

/**
 * Returns the default number of threads. One in a page itself: a runtime bundled into the page's script would start
 * that script as its threads, and wait forever. One in Firefox, where a start with threads now and then never ends.
 */
function defaultThreads(): number {
  if (globalThis.navigator?.userAgent?.includes('Firefox/')) return 1;
  const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined;
  const canShare = isNode || (globalThis.crossOriginIsolated === true && typeof document === 'undefined');
  return canShare ? Math.min(MOST_THREADS, globalThis.navigator?.hardwareConcurrency ?? MOST_THREADS) : 1;
}

function threadsOf(wanted: number | undefined): number {
  if (wanted !== undefined && !(Number.isInteger(wanted) && wanted >= 1 && wanted <= 64)) {
    throw errorFrom('invalid_argument', `threads is ${wanted}, expected a whole number from 1 to 64`);
  }
  const threads = wanted ?? startedThreads ?? defaultThreads();
  if (startedThreads !== undefined && threads !== startedThreads) {
    throw errorFrom('invalid_argument', `threads is ${threads}, but a model was loaded here with ${startedThreads}`);
  }
  return threads;
}

async function importRuntime(device: 'wasm' | 'webgpu'): Promise<Ort> {
  try {
    return device === 'webgpu' ? await import('onnxruntime-web/webgpu') : await import('onnxruntime-web/wasm');
  } catch (cause) {
    throw new SignalboxError('network', `onnxruntime-web could not be loaded, is it installed? ${String(cause)}`, {
      cause,
    });
  }
}

async function requireGpu(): Promise<void> {
  const gpu = (globalThis.navigator as { gpu?: { requestAdapter(): Promise<unknown> } } | undefined)?.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => undefined);
  if (!adapter) throw errorFrom('invalid_argument', "the device 'webgpu' is not available: use 'wasm'");
}

async function startRuntime({ device = 'wasm', threads, runtimeWasm }: RuntimeOptions): Promise<Ort> {
  if (device !== 'wasm' && device !== 'webgpu') {
    throw errorFrom('invalid_argument', `the device is '${String(device)}', expected wasm or webgpu`);
  }
  // WebGPU needs no threads; and `beThread` in the worker's script is for the threads of the wasm runtime.
  const count = device === 'webgpu' ? 1 : threadsOf(threads);
  if (device === 'webgpu') await requireGpu();
  const ort = await importRuntime(device);
  ort.env.wasm.numThreads = count;
  ort.env.logLevel = 'error';
  const paths = runtimeWasm === undefined ? runtimePaths() : { wasm: runtimeWasm };
  if (paths !== undefined) ort.env.wasm.wasmPaths = paths;
  if (device === 'wasm') startedThreads = count;
  return ort;
}

const isMemory = (message: string) => /bad_alloc|out of memory|allocate|memory access/i.test(message);

function failed(what: string, cause: unknown): SignalboxError {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (/no available backend/i.test(message) && !isMemory(message)) {
    const hint = 'is its .wasm file beside its script, or at runtimeWasm?';
    return new SignalboxError('network', `ONNX Runtime could not be started, ${hint} ${message}`, { cause });
  }
  return new SignalboxError(isMemory(message) ? 'out_of_memory' : 'bad_embedder', `${what}: ${message}`, { cause });
}

/** A model in the runtime's memory. */
export class ModelSession {
  /** Threads that compute. */
  readonly threads: number;
  readonly #ort: Ort;
  readonly #session: InferenceSession;
  readonly #inputs: readonly { name: InputName; isLong: boolean }[];
  readonly #output: string;

  private constructor(ort: Ort, session: InferenceSession) {
    this.threads = ort.env.wasm.numThreads ?? 1;
    this.#ort = ort;
    this.#session = session;
    this.#inputs = session.inputNames.map((name, i) => {
      const known = INPUTS.find((input) => input === name);
      const metadata = session.inputMetadata[i];
      const type = metadata?.isTensor ? metadata.type : 'an unknown type';
      if (known === undefined || (type !== 'int64' && type !== 'int32')) {
        throw errorFrom(
          'bad_embedder',
          `the model has the input ${name} (${type}), expected ${INPUTS.join(', ')} of int64`,
        );
      }
      return { name: known, isLong: type === 'int64' };
    });
    const output = OUTPUTS.find((name) => session.outputNames.includes(name));
    if (output === undefined || !session.inputNames.includes('input_ids')) {
      const got = session.outputNames.join(', ');
      throw errorFrom(
        'bad_embedder',
        `the model has the outputs ${got}, expected ${OUTPUTS.join(' or ')} for input_ids`,
      );
    }
    this.#output = output;
  }

  /**
   * Opens a model. Errors: `bad_embedder`, `out_of_memory`; `network` if ONNX Runtime cannot be loaded, as `LateThreads`
   * if its threads do not start; `invalid_argument`.
   */
  static async open(bytes: Uint8Array, options: RuntimeOptions): Promise<ModelSession> {
    const ort = await startRuntime(options);
    let session: InferenceSession | undefined;
    try {
      const { graph, weightsName } = splitWeights(bytes);
      const creating = () =>
        ort.InferenceSession.create(graph, {
          executionProviders: [options.device ?? 'wasm'],
          logSeverityLevel: 3,
          externalData: [{ path: weightsName, data: bytes }],
        });
      session = await withThreadLimit(creating);
      return new ModelSession(ort, session);
    } catch (cause) {
      await session?.release();
      if (cause instanceof SignalboxError) throw cause;
      throw failed('ONNX Runtime does not accept the model', cause);
    }
  }

  /** Runs texts, given as tokens, and pads the shorter ones. Errors: `bad_embedder`, `out_of_memory`. */
  async run(texts: readonly (readonly number[])[], padId: number): Promise<HiddenStates> {
    const tokens = Math.max(...texts.map((ids) => ids.length));
    const numberAt = (name: InputName, ids: readonly number[], t: number): number => {
      if (name === 'input_ids') return ids[t] ?? padId;
      return name === 'attention_mask' ? Number(t < ids.length) : 0;
    };
    const feeds: Record<string, Tensor> = {};
    for (const { name, isLong } of this.#inputs) {
      const values = texts.flatMap((ids) => Array.from({ length: tokens }, (_, t) => numberAt(name, ids, t)));
      const shape = [texts.length, tokens];
      feeds[name] = isLong
        ? new this.#ort.Tensor('int64', BigInt64Array.from(values, BigInt), shape)
        : new this.#ort.Tensor('int32', Int32Array.from(values), shape);
    }
    let output: Tensor | undefined;
    try {
      output = (await this.#session.run(feeds, [this.#output]))[this.#output] as Tensor | undefined;
      return statesOf(output, texts.length, tokens);
    } catch (cause) {
      if (cause instanceof SignalboxError) throw cause;
      throw failed('the model failed on a text', cause);
    } finally {
      output?.dispose();
    }
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function statesOf(output: Tensor | undefined, texts: number, tokens: number): HiddenStates {
  const [rows, length, dim] = output?.dims ?? [];
  if (output === undefined || output.dims.length !== 3 || rows !== texts || length !== tokens || dim === undefined) {
    const got = output?.dims.join(' x ');
    throw errorFrom('bad_embedder', `the model returned ${got}, expected ${texts} x ${tokens} x its dimension`);
  }
  if (output.type === 'float32') return { values: (output as TypedTensor<'float32'>).data, tokens, dim };
  if (output.type !== 'float16') throw errorFrom('bad_embedder', `the model returned ${output.type}, expected float32`);
  const data: ArrayLike<number> = (output as TypedTensor<'float16'>).data;
  return { values: data instanceof Uint16Array ? fromHalves(data) : data, tokens, dim };
}
