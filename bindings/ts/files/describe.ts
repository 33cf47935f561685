/** Describes files for messages: their kind, and their address. */

const LONGEST_ADDRESS = 120;

/** Shortens an address in its middle, for messages: a `data:` address holds a whole file. */
export function shortAddress(address: string | URL): string {
  const text = String(address);
  if (text.length <= LONGEST_ADDRESS) return text;
  const half = Math.floor((LONGEST_ADDRESS - 5) / 2);
  return `${text.slice(0, half)} ... ${text.slice(-half)}`;
}

/** Returns the first words of a cause for messages; some causes repeat a whole address. */
export const shortCause = (cause: unknown): string => {
  const text = String(cause);
  return text.length <= 2 * LONGEST_ADDRESS ? text : `${text.slice(0, 2 * LONGEST_ADDRESS)} ...`;
};

export const SAFETENSORS = 'a safetensors file';

export const LFS_POINTER = 'version https://git-lfs';

/** Beginnings of compressed files that nothing here decompresses. */
export const COMPRESSED: readonly (readonly [signature: string, kind: string])[] = [
  ['\x28\xb5\x2f\xfd', 'zstd-compressed: decompress it first'],
  ['BZh', 'bzip2-compressed: decompress it first'],
  ['\xfd7zXZ', 'xz-compressed: decompress it first'],
];

/** Files that often are where another one was expected, by their first bytes or by a pattern of their text. */
const KINDS: readonly (readonly [string | RegExp, string])[] = [
  [LFS_POINTER, 'a Git LFS pointer: fetch the file itself with git lfs pull'],
  [/^\s*<(!doctype|html|head|body|\?xml|!--)/i, 'an HTML or XML page'],
  ['\x1f\x8b', 'a gzip file: decompress it first'],
  ['PK\x03\x04', 'a zip file: unpack it first'],
  ['\x89SBX', 'a signalbox index'],
  ['\0asm', 'a WebAssembly module'],
  ['PAR1', 'a Parquet file'],
  ['GGUF', 'a GGUF model'],
  ['\x93NUMPY', 'a NumPy matrix'],
  [/^.{8}\{"/s, SAFETENSORS],
  [/^\s*[{[]/, 'JSON'],
];

/** Returns what a file is by its first bytes, as in "it is JSON"; `undefined` if that is not known. */
export function describeBytes(start: Uint8Array): string | undefined {
  if (start.byteLength === 0) return 'an empty file';
  const text = Array.from(start.subarray(0, 64), (byte) => String.fromCharCode(byte)).join('');
  // Joined here: a list that is spread at the top of a module stays in every bundle.
  return [...COMPRESSED, ...KINDS].find(([mark]) =>
    typeof mark === 'string' ? text.startsWith(mark) : mark.test(text),
  )?.[1];
}
