/** Names by pattern. */

/** Whether a name matches one of the globs: `*` stands for any text, `?` for one character. */
export function globMatcher(globs: readonly string[]): (name: string) => boolean {
  const patterns = globs.map((glob) => {
    const escaped = glob.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replace(/\*+/g, '.*').replace(/\?/g, '.')}$`, 's');
  });
  return (name) => patterns.some((pattern) => pattern.test(name));
}
