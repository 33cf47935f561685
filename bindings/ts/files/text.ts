/** Decodes text files: UTF-8, or UTF-16 with a byte order mark. */

/** Returns the encoding by the byte order mark, or UTF-8 without a mark. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
}

/** Number of characters, and share of NULs among them, from which a text without a mark is taken for UTF-16. */
const LOOKED_AT = 4096;
const NUL_SHARE = 0.01;

/** Returns whether a text is UTF-16 that was decoded as UTF-8: at least its spaces and line ends have NULs. */
function looksWide(text: string): boolean {
  const start = text.slice(0, LOOKED_AT);
  return start.split('\0').length - 1 > NUL_SHARE * start.length;
}

/**
 * Returns a function that decodes a text piece by piece, without its mark, and without an argument ends it. `start` has
 * the first bytes. Errors: those that `refuse` makes of a reason, for bytes of another encoding.
 */
export function textDecoder(
  start: Uint8Array,
  refuse: (reason: string, cause?: unknown) => Error,
): (bytes?: Uint8Array) => string {
  const encoding = encodingOf(start);
  const decoder = new TextDecoder(encoding, { fatal: true });
  let isFirst = true;
  return (bytes) => {
    let text: string;
    try {
      text = bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
    } catch (cause) {
      throw refuse(`not ${encoding.toUpperCase()}: convert the text to UTF-8`, cause);
    }
    if (isFirst && looksWide(text)) throw refuse('not UTF-8: it looks like UTF-16, which needs a byte order mark');
    isFirst = false;
    return text;
  };
}

/** Decodes a whole text. Errors: as `textDecoder`. */
export function decodeText(bytes: Uint8Array, refuse: (reason: string, cause?: unknown) => Error): string {
  const decode = textDecoder(bytes, refuse);
  return decode(bytes) + decode();
}

/** Returns the text with U+FFFD in place of each half of a surrogate pair, for which UTF-8 has no bytes. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
