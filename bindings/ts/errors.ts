/**
 * All error codes. The list is closed, append-only and the same as the core's (`src/status.h`; a test compares them):
 *
 * - `invalid_argument`: an option or a specification is unknown or out of range.
 * - `dimension_mismatch`: a vector or matrix does not have the size that the index needs.
 * - `non_finite`: NaN or infinity where a number is needed.
 * - `unknown_model`: a model name that the index does not contain.
 * - `no_candidate`: the candidate, deny and price rules exclude every model.
 * - `bad_magic`, `unsupported_version`, `truncated`, `bad_section`, `size_overflow`, `bad_checksum`, `bad_metadata`: the
 *   bytes are not an index of this format version, or were damaged. `bad_checksum` also reports a model file whose
 *   SHA-256 is not the expected one, and `bad_section` a file of texts that does not belong to the index.
 * - `embedder_mismatch`: the index was built with another embedder.
 * - `bad_embedder`: the embedder's files are damaged, or the model is of an unsupported kind.
 * - `out_of_memory`: an allocation failed.
 * - `disposed`: the object was disposed.
 * - `aborted`: the caller's `AbortSignal` was aborted; `cause` is its reason, `name` is `AbortError`.
 * - `network`: a file could not be fetched, read or written, or a worker could not be started or has ended.
 * - `bad_wasm`: the WebAssembly module could not be compiled, or is not the file of this version.
 * - `internal`: a defect of signalbox itself.
 * - `quota_exceeded`: no room for a downloaded model in the browser's storage, or for a file on the disk.
 */
export const ERROR_CODES = [
  'invalid_argument',
  'dimension_mismatch',
  'non_finite',
  'unknown_model',
  'no_candidate',
  'bad_magic',
  'unsupported_version',
  'truncated',
  'bad_section',
  'size_overflow',
  'bad_checksum',
  'bad_metadata',
  'embedder_mismatch',
  'bad_embedder',
  'out_of_memory',
  'disposed',
  'aborted',
  'network',
  'bad_wasm',
  'internal',
  'quota_exceeded',
] as const;

/** One of `ERROR_CODES`. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/**
 * The only error class: switch on `code`, show `message`. The name of an `aborted` error is `AbortError`, as that of the
 * platform's own aborts, so that code which checks for it needs no exception.
 *
 * @example
 * ```js
 * try {
 *   await router.route(prompt, { candidates: ['no such model'] });
 * } catch (error) {
 *   if (!(error instanceof SignalboxError)) throw error;
 *   console.log(error.code, error.message);    // unknown_model ...
 * }
 * ```
 */
export class SignalboxError extends Error {
  /** `AbortError` for the code `aborted`, else `SignalboxError`. */
  override readonly name: 'SignalboxError' | 'AbortError';
  /** The kind of failure, for code that handles it. */
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = code === 'aborted' ? 'AbortError' : 'SignalboxError';
    this.code = code;
  }
}

/** Throws `aborted` if the signal is aborted; the signal's reason is the cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  // Callers without types may pass null, as fetch allows, or something else.
  if (signal != null && typeof signal.addEventListener !== 'function') {
    throw new SignalboxError('invalid_argument', `signal is ${typeof signal}, expected an AbortSignal`);
  }
  if (signal?.aborted) {
    throw new SignalboxError('aborted', 'the operation was aborted', { cause: signal.reason });
  }
}

/** Waits for the promise until the signal is aborted; the work behind the promise may go on. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal == null) return promise;
  promise.catch(() => undefined); // After an abort nobody handles its failure.
  throwIfAborted(signal);
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(new SignalboxError('aborted', 'the operation was aborted', { cause: signal.reason }));
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/**
 * Wraps a caller's callback: `rethrow` throws again what it threw, unchanged, after code in between took that error for
 * one of its own.
 */
export function tracked<Event>(callback: ((event: Event) => void) | null | undefined): {
  call(event: Event): void;
  rethrow(): void;
} {
  let thrown: { error: unknown } | undefined;
  return {
    call: (event) => {
      try {
        callback?.(event);
      } catch (error) {
        thrown ??= { error };
        throw error;
      }
    },
    rethrow: () => {
      if (thrown !== undefined) throw thrown.error;
    },
  };
}

function isErrorCode(code: unknown): code is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(code);
}

/** Makes a `SignalboxError` from the code and message of the core or a worker; `internal` for an unknown code. */
export function errorFrom(code: unknown, message: unknown): SignalboxError {
  return new SignalboxError(isErrorCode(code) ? code : 'internal', String(message));
}

/** Returns the value of the core's JSON answer, or throws its error. */
export function unwrap<T>(answer: string): T {
  const parsed = JSON.parse(answer) as { ok: true; value: T } | { ok: false; error: { code: string; message: string } };
  if (parsed.ok) return parsed.value;
  throw errorFrom(parsed.error.code, parsed.error.message);
}
