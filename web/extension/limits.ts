/** Limits of texts. */

/** Longer texts are truncated before they are sent: the embedder reads only the beginning. */
export const MOST_CHARACTERS = 8000;

/** Truncates a text to `most` UTF-16 units or fewer, without splitting a surrogate pair. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  const isHalf = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, isHalf ? most - 1 : most);
}
