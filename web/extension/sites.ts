/** The browser's permission for one site. */

/**
 * Returns the pattern of a site. Firefox's patterns have no ports: a permission there covers all ports of a host, and
 * only the settings distinguish them.
 */
export function patternOf(origin: string): string {
  const { protocol, hostname, host } = new URL(origin);
  return `${protocol}//${FIREFOX ? hostname : host}/*`;
}

/** Asks the user. Call it in the handler of a click, before any `await`. */
export const grant = (origin: string): Promise<boolean> => chrome.permissions.request({ origins: [patternOf(origin)] });

export const isGranted = (origin: string): Promise<boolean> =>
  chrome.permissions.contains({ origins: [patternOf(origin)] });

export const revoke = (origin: string): Promise<boolean> => chrome.permissions.remove({ origins: [patternOf(origin)] });
