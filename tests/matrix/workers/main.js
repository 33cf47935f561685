import { WorkerRouter } from 'signalbox/worker';
import { options } from './options.js';
import { decide, report } from './uses.js';

const script = (name) => new URL(name, import.meta.url);
const answerOf = (target) => new Promise((resolve) => target.addEventListener('message', ({ data }) => resolve(data)));

const shared = new SharedWorker(script('./own-worker.js'), { type: 'module' });
const inShared = await report({
  'shared worker': () => decide(() => WorkerRouter.load({ ...options, worker: shared.port })),
});

const inNested = await answerOf(new Worker(script('./nested.js'), { type: 'module' }));

await navigator.serviceWorker.register('./service-worker.js', { type: 'module' });
const { active } = await navigator.serviceWorker.ready;
const { port1, port2 } = new MessageChannel();
active.postMessage(null, [port2]);
port1.start();

globalThis.said = { ...inShared, ...inNested, ...(await answerOf(port1)) };
