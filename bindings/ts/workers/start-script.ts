/** Starts workers whose script may lie at another origin than the page. */

/** Returns a script of this origin that runs another one: a page starts no worker of another origin. */
function scriptThatImports(address: URL): string {
  return URL.createObjectURL(new Blob([`import ${JSON.stringify(address.href)};`], { type: 'text/javascript' }));
}

/**
 * Starts a worker. The script must be self-contained, and another origin must allow it to be read (CORS); a policy of the
 * page must then allow both `blob:` and that origin in `worker-src`.
 */
export function startScript(address: URL): Worker {
  if (address.origin === globalThis.location?.origin) return new Worker(address, { type: 'module' });
  const script = scriptThatImports(address);
  try {
    return new Worker(script, { type: 'module' });
  } finally {
    URL.revokeObjectURL(script);
  }
}
