'use client';
import { useEffect } from 'react';
import { Router } from 'signalbox';
import { WorkerRouter } from 'signalbox/worker';
import { decide, report } from '../uses.js';

const ownWorker = () => new Worker(new URL('../own-worker.js', import.meta.url), { type: 'module' });

export default function Page() {
  useEffect(() => {
    const uses = {
      Router: () => decide(() => Router.load()),
      WorkerRouter: () => decide(() => WorkerRouter.load()),
      'own entry': () => decide(() => WorkerRouter.load({ worker: ownWorker() })),
    };
    report(uses).then((results) => {
      globalThis.said = results;
    });
  }, []);
  return null;
}
