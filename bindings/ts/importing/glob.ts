/** Returns a predicate for names that match one of the globs: `*` matches any text, `?` one character. */
export function globMatcher(globs: readonly string[]): (name: string) => boolean {
  const patterns = globs.map((glob) => {
    const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 's');
  });
  return (name) => patterns.some((pattern) => pattern.test(name));
}
