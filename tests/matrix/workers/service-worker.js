import { Router } from 'signalbox';
import { options } from './options.js';
import { decide, report } from './uses.js';

addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  const work = report({ 'service worker': () => decide(() => Router.load(options)) });
  event.waitUntil(work.then((results) => event.ports[0].postMessage(results)));
});
