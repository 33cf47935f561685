/**
 * Addresses of the files that routing needs. This module stays at the root of the package: a bundler that leaves
 * `import.meta.url` alone resolves it against the bundle, and the files then lie beside the bundle as they lie here.
 *
 * They are functions: a classic script or a CommonJS bundle has no `import.meta.url`, and can still import the package
 * and hand in every file.
 */
import { SignalboxError } from './errors.js';

/** Errors: `network` where the script has no address. */
export function locate<T>(address: () => T, option: string): T {
  try {
    return address();
  } catch (cause) {
    const message = `this bundle does not know where the package's files are: give the option ${option}`;
    throw new SignalboxError('network', message, { cause });
  }
}

/** Returns the place of a file of the package in another folder, which is an address or a path. */
export const within = (folder: string | URL, name: string): string => `${String(folder).replace(/\/?$/, '/')}${name}`;

// With `return`: tracers of server bundles (Nuxt, Vercel) miss an address that is the body of an arrow function.
export const indexAddress = (): URL =>
  locate(() => {
    return new URL('./models/index/index.sbx', import.meta.url);
  }, 'index');

export const embedderAddress = (): URL =>
  locate(() => {
    return new URL('./models/embedder/embedder.bin', import.meta.url);
  }, 'embedder');

export const wasmAddress = (): URL =>
  locate(() => {
    return new URL('./signalbox.wasm', import.meta.url);
  }, 'wasm');
