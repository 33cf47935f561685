/** Parses lists of strings as Python prints them, without evaluating anything. */

/** Escapes of one character, by the character after the backslash. */
const ESCAPES = new Map([
  ['\\', '\\'],
  ["'", "'"],
  ['"', '"'],
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['\n', ''],
]);
const HEX_DIGITS = new Map([
  ['x', 2],
  ['u', 4],
  ['U', 8],
]);
const LAST_CODE_POINT = 0x10ffff;
const SPACE = /[ \t\r\n\f]*/y;
const HEX = /^[0-9a-fA-F]+$/;
const OCTAL = /[0-7]{1,3}/y;
/** Characters that a literal cannot contain unescaped: line ends and NUL. */
const ENDS_LITERAL = /[\\'"\n\r\0]/g;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  space(): void {
    SPACE.lastIndex = this.#at;
    this.#at += SPACE.exec(this.#text)?.[0].length ?? 0;
  }

  take(char: string): boolean {
    if (this.#text[this.#at] !== char) return false;
    this.#at += 1;
    return true;
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  /** Parses one or more adjacent literals, which form one string; `undefined` if there is none or it is invalid. */
  strings(): string | undefined {
    let all: string | undefined;
    for (;;) {
      const quote = this.#text[this.#at];
      if (quote !== "'" && quote !== '"') return all;
      if (this.#text.startsWith(quote.repeat(3), this.#at)) return undefined;
      this.#at += 1;
      const one = this.#literal(quote);
      if (one === undefined) return undefined;
      all = (all ?? '') + one;
      this.space();
    }
  }

  /** After the opening quote. */
  #literal(quote: string): string | undefined {
    let value = '';
    for (;;) {
      ENDS_LITERAL.lastIndex = this.#at;
      const end = ENDS_LITERAL.exec(this.#text);
      if (end === null) return undefined;
      value += this.#text.slice(this.#at, end.index);
      this.#at = end.index + 1;
      const [char] = end;
      if (char === quote) return value;
      if (char === '\\') {
        const escaped = this.#escape();
        if (escaped === undefined) return undefined;
        value += escaped;
      } else if (char === "'" || char === '"') value += char;
      else return undefined;
    }
  }

  /** After the backslash. */
  #escape(): string | undefined {
    const char = this.#text[this.#at] ?? '';
    const digits = HEX_DIGITS.get(char);
    if (digits !== undefined) {
      const hex = this.#text.slice(this.#at + 1, this.#at + 1 + digits);
      const code = HEX.test(hex) && hex.length === digits ? Number.parseInt(hex, 16) : Number.POSITIVE_INFINITY;
      this.#at += 1 + digits;
      return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : undefined;
    }
    OCTAL.lastIndex = this.#at;
    const octal = OCTAL.exec(this.#text)?.[0];
    this.#at += octal?.length ?? 1;
    return octal === undefined ? ESCAPES.get(char) : String.fromCharCode(Number.parseInt(octal, 8));
  }
}

/**
 * Returns the strings of a Python list or tuple of plain string literals, `['a', "it's"]`. `undefined` for anything
 * else: also for prefixed and triple-quoted literals, and for text that Python would reject or warn about.
 */
export function parsePythonStrings(text: string): string[] | undefined {
  const reader = new Reader(text);
  reader.space();
  const tuple = reader.take('(');
  if (!tuple && !reader.take('[')) return undefined;
  const close = tuple ? ')' : ']';
  const strings: string[] = [];
  let comma = false;
  reader.space();
  while (!reader.take(close)) {
    if (strings.length > 0 && !comma) return undefined;
    const value = reader.strings();
    if (value === undefined) return undefined;
    strings.push(value);
    comma = reader.take(',');
    reader.space();
  }
  // In parentheses without a comma it is a string, not a tuple.
  if (tuple && strings.length === 1 && !comma) return undefined;
  reader.space();
  return reader.atEnd() ? strings : undefined;
}
