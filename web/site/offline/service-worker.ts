/** Caches the page's own files, and nothing else, so that the page works offline after the first visit. */
/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst, NetworkFirst } from 'workbox-strategies';

/** The page's files with their hashes, inserted by the build. */
declare const PAGE_FILES: readonly PrecacheEntry[];
declare const self: ServiceWorkerGlobalScope;

clientsClaim();
cleanupOutdatedCaches();
// The page is the same at every query, which newsletters and campaigns add to its address.
precacheAndRoute([...PAGE_FILES], { ignoreURLParametersMatching: [/^/] });

// ONNX Runtime is large and rarely used, so it is cached on first use. Its name contains its hash.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /\/assets\/ort[-.][^/]*$/.test(url.pathname),
  new CacheFirst({ cacheName: 'onnx-runtime' }),
);

// So is the table of other languages. The name of its folder contains its hash.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /\/assets\/languages-[^/]+$/.test(url.pathname),
  new CacheFirst({ cacheName: 'languages' }),
);

// The pages of models and documents are cached on use. They change with the site, so an older one is for want of a network.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /\/(models|docs)\/[^/]*$/.test(url.pathname),
  new NetworkFirst({ cacheName: 'pages' }),
);
// The names of their own files contain hashes.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /\/assets\/(pages-|results-[^/]+\/)[^/]+$/.test(url.pathname),
  new CacheFirst({ cacheName: 'page-files' }),
);

// A new version waits until the user asks for it, or until all pages of the old one are closed.
self.addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting();
});
