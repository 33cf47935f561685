/** The browser's permission for one site. */

/** Firefox knows no ports in patterns: there a site's permission is for all of its ports, and the settings tell them apart. */
export function patternOf(origin: string): string {
  const { protocol, hostname, host } = new URL(origin);
  return `${protocol}//${FIREFOX ? hostname : host}/*`;
}

/** Asks the person. To be called in a click's handler, before anything is awaited. */
export const grant = (origin: string): Promise<boolean> => chrome.permissions.request({ origins: [patternOf(origin)] });

export const isGranted = (origin: string): Promise<boolean> =>
  chrome.permissions.contains({ origins: [patternOf(origin)] });

export const revoke = (origin: string): Promise<boolean> => chrome.permissions.remove({ origins: [patternOf(origin)] });
