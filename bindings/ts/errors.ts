/**
 * Every way in which signalbox fails. The list is closed and append-only, and is the core's own (`src/status.h`); a test
 * holds the two together. What each code means:
 *
 * - `invalid_argument`: an option or a specification is unknown or outside its range.
 * - `dimension_mismatch`: a vector or matrix has another size than the index needs.
 * - `non_finite`: NaN or infinity where a number is needed.
 * - `unknown_model`: a model name that the index does not hold.
 * - `no_candidate`: the candidate, deny and price rules leave no model.
 * - `bad_magic`, `unsupported_version`, `truncated`, `bad_section`, `size_overflow`, `bad_checksum`, `bad_metadata`: the
 *   bytes are not an index of this format version, or were damaged. `bad_checksum` is also said of a model's file that has
 *   another SHA-256 than expected.
 * - `embedder_mismatch`: the index was built with another embedder.
 * - `bad_embedder`: the embedder's files are damaged, or not a model of a kind that is understood.
 * - `out_of_memory`: an allocation failed.
 * - `disposed`: the object was disposed.
 * - `aborted`: the caller's `AbortSignal` was aborted; `cause` is its reason.
 * - `network`: a file could not be fetched or read.
 * - `bad_wasm`: the WebAssembly module could not be compiled.
 * - `internal`: a defect of signalbox itself.
 * - `quota_exceeded`: there is no room for a downloaded model in the browser's storage or on the disk.
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

export type ErrorCode = (typeof ERROR_CODES)[number];

/** The one error class: switch on `code`, show `message`. */
export class SignalboxError extends Error {
  override readonly name = 'SignalboxError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Throws `aborted` if the signal is; the signal's own reason is the cause. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) {
    throw new SignalboxError('aborted', 'the operation was aborted', { cause: signal.reason });
  }
}

/** The promise, given up when the signal is aborted: what goes on behind it is no longer waited for. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  promise.catch(() => undefined); // Given up, it may still fail: nobody is left to hear of it.
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

function isErrorCode(code: unknown): code is ErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(code);
}

/** An error of the core, or of a worker, as a `SignalboxError`. */
export function errorFrom(code: unknown, message: unknown): SignalboxError {
  return new SignalboxError(isErrorCode(code) ? code : 'internal', String(message));
}

/** The value of a JSON answer of the core; throws its error. */
export function unwrap<T>(answer: string): T {
  const parsed = JSON.parse(answer) as { ok: true; value: T } | { ok: false; error: { code: string; message: string } };
  if (parsed.ok) return parsed.value;
  throw errorFrom(parsed.error.code, parsed.error.message);
}
