/** Recognises most English texts at once, so that the words of other languages need not be loaded for them. */

/** UTF-16 units that are looked at. */
const MOST_READ = 8192;
/** Fewest of the words below, and their least share of all words. */
const FEWEST = 2;
const LEAST_SHARE = 0.25;

/** Frequent words that no other language has. */
const WORDS = new Set(
  (
    'the and that this these those with what which when where why how who you your does should would could there their they them ' +
    'then than being were from about into each many write make give find explain'
  ).split(' '),
);
const LETTERS = /[a-z]+/g;
const OUTSIDE_ASCII = /[^\0-\x7f]/;

/** Returns whether a text is English beyond doubt. */
export function isPlainEnglish(text: string): boolean {
  const beginning = text.slice(0, MOST_READ);
  if (OUTSIDE_ASCII.test(beginning)) return false;
  let words = 0;
  let english = 0;
  for (const [word] of beginning.toLowerCase().matchAll(LETTERS)) {
    words += 1;
    if (WORDS.has(word)) english += 1;
  }
  return english >= FEWEST && english >= LEAST_SHARE * words;
}
