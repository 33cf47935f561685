/** Returns whether a text matches a glob. Goes back to the last `*` only, so that steps are at most a product of lengths. */
function matches(glob: string, text: string): boolean {
  let [inGlob, inText, star, from] = [0, 0, -1, 0];
  while (inText < text.length) {
    if (glob[inGlob] === '*') {
      star = inGlob;
      from = inText;
      inGlob += 1;
    } else if (glob[inGlob] === '?' || glob[inGlob] === text[inText]) {
      inGlob += 1;
      inText += 1;
    } else if (star >= 0) {
      from += 1;
      inGlob = star + 1;
      inText = from;
    } else return false;
  }
  while (glob[inGlob] === '*') inGlob += 1;
  return inGlob === glob.length;
}

/** Returns a predicate for names that match one of the globs: `*` matches any text, `?` one character. */
export function globMatcher(globs: readonly string[]): (name: string) => boolean {
  return (name) => globs.some((glob) => matches(glob, name));
}
