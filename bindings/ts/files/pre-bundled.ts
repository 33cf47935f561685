/** Recognises the development server of Vite before version 8, whose bundles of packages lose the packages' files. */

/** Vite's cache of bundled packages; frameworks move it, into node_modules/.cache for example. */
const CACHE = /\/\.?vite\/(?:.+\/)?deps(?:_\w+)?\//;

/** Returns what to add to the message of a failure at this address; empty unless Vite bundled the package. */
export const hintFor = (address: string) =>
  CACHE.test(address) ? " (Vite before version 8 needs optimizeDeps: { exclude: ['signalbox'] })" : '';

/** Returns the address of this script. Some bundlers replace `import.meta.url` by a path on the machine they run on. */
export const ownAddress = () => /\w+:\/\/\S+/.exec(new Error().stack ?? '')?.[0] ?? '';
