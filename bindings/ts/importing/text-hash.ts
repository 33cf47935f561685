/** Hashes a text to 64 bits, to compare texts and to distribute rows: two lanes like FNV-1a, mixed at the end. */
export function textHash(text: string): [high: number, low: number] {
  let a = 0x811c9dc5;
  let b = 0x9747b28c;
  for (let i = 0; i < text.length; ++i) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul(b ^ c ^ (b >>> 13), 0x85ebca6b);
  }
  a = Math.imul(a ^ (a >>> 16) ^ (b >>> 11), 0x7feb352d);
  b = Math.imul(b ^ (b >>> 15) ^ (a >>> 9), 0x846ca68b);
  return [(a ^ (a >>> 15)) >>> 0, (b ^ (b >>> 16)) >>> 0];
}

/** Returns a short, stable name for a text: its hash as 16 hexadecimal digits. */
export function textKey(text: string): string {
  return textHash(text)
    .map((half) => half.toString(16).padStart(8, '0'))
    .join('');
}
