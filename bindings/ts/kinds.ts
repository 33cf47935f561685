/** Tells the platform's objects apart, in whatever realm they were made: jsdom and iframes have classes of their own. */

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);

export const isUrl = (value: unknown): value is URL => tagOf(value) === 'URL';
export const isAddress = (value: unknown): value is string | URL => typeof value === 'string' || isUrl(value);
export const isResponse = (value: unknown): value is Response => tagOf(value) === 'Response';
export const isBlob = (value: unknown): value is Blob => tagOf(value) === 'Blob' || tagOf(value) === 'File';
export const isCompiled = (value: unknown): value is WebAssembly.Module => tagOf(value) === 'WebAssembly.Module';

const isBuffer = (value: unknown): value is ArrayBuffer => tagOf(value) === 'ArrayBuffer';
const isByteArray = (value: unknown): value is Uint8Array => tagOf(value) === 'Uint8Array';
export const isBytes = (value: unknown): value is ArrayBuffer | Uint8Array => isBuffer(value) || isByteArray(value);

/** Returns bytes as an array of this realm, without a copy. */
export function bytesOf(value: ArrayBuffer | Uint8Array): Uint8Array {
  return isBuffer(value) ? new Uint8Array(value) : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}
