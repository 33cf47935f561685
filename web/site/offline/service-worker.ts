/** Keeps the page's own files, so that it opens without a network after the first visit. It touches nothing else. */
/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core';
import { cleanupOutdatedCaches, type PrecacheEntry, precacheAndRoute } from 'workbox-precaching';
import { registerRoute } from 'workbox-routing';
import { CacheFirst } from 'workbox-strategies';

/** The page's files with their hashes; the build writes them in. */
declare const PAGE_FILES: readonly PrecacheEntry[];
declare const self: ServiceWorkerGlobalScope;

clientsClaim();
cleanupOutdatedCaches();
precacheAndRoute([...PAGE_FILES]);

// ONNX Runtime is large and most visitors never ask for it: it is kept once it was used. Its name holds its hash.
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && /\/assets\/ort[-.][^/]*$/.test(url.pathname),
  new CacheFirst({ cacheName: 'onnx-runtime' }),
);

// A new version waits until the person asks for it, or until no page of the old one is open.
self.addEventListener('message', ({ data }) => {
  if (data === 'take over') self.skipWaiting();
});
