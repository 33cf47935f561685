/** Languages of texts, in one go. */
import { loadRule } from './language-rule.js';
import { isPlainEnglish } from './plain-english.js';

/**
 * Returns the language of each text that is not English, by the rule that decides which prompts the table of
 * `LoadOptions.multilingual` reads: a code such as `de`, of the likeliest language, or `und`; `undefined` for English, and
 * for a text in no language, such as code. Only the beginning of a long text counts. No file is read, and the rule needs
 * microseconds for a short text.
 */
export async function languagesOf(texts: readonly string[]): Promise<(string | undefined)[]> {
  const isPlain = texts.map(isPlainEnglish);
  if (isPlain.every(Boolean)) return texts.map(() => undefined);
  const rule = await loadRule();
  return texts.map((text, i) => (isPlain[i] ? undefined : rule(text)));
}

/**
 * Returns the language of a text that is not English, as a code such as 'de': the likeliest one, or 'und'. Returns `undefined`
 * for English, and for a text in no language, such as code.
 *
 * @example
 * ```js
 * await languageOf('Schreib mir ein Gedicht über den Herbst');    // 'de'
 * ```
 */
export async function languageOf(text: string): Promise<string | undefined> {
  const [language] = await languagesOf([text]);
  return language;
}
