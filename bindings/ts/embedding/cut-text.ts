/** Invisible characters: white space, control characters, zero-width and others. */
const BLANK = '\\s\\p{Cc}\\p{Default_Ignorable_Code_Point}\\u2800';
const VISIBLE = new RegExp(`[^${BLANK}]`, 'u');
/** Parts of a text: blanks, which are captured, or what lies between them. */
const PARTS = new RegExp(`([${BLANK}]{1,256})|[^${BLANK}]{1,256}`, 'gu');

/** Returns whether a text is empty or consists of blanks. */
export const isBlank = (text: string) => !VISIBLE.test(text);

/** Truncates to `length` UTF-16 units, or one less to avoid splitting a surrogate pair. */
function cut(text: string, length: number): string {
  const last = text.charCodeAt(length - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? length - 1 : length);
}

/**
 * Returns the beginning of a text, at most `length` UTF-16 units. In a longer text a run of blanks counts as one character,
 * and blanks at either end do not count. Stops reading where the beginning ends.
 */
export function beginningOf(text: string, length: number): { beginning: string; isCut: boolean } {
  if (text.length <= length) return { beginning: text, isCut: false };
  let beginning = '';
  let blank = '';
  for (const [part, blanks] of text.matchAll(PARTS)) {
    if (blanks === undefined) {
      beginning += blank + part;
      blank = '';
      if (beginning.length > length) return { beginning: cut(beginning, length), isCut: true };
    } else if (beginning !== '') {
      // White space separates words; other blanks may be inside a word.
      blank = /\s/u.exec(blank + blanks)?.[0] ?? String.fromCodePoint((blank + blanks).codePointAt(0) as number);
    }
  }
  return { beginning, isCut: false };
}
