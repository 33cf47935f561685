import { Router } from 'signalbox';
import embedder from 'signalbox/models/embedder/embedder.bin';
import index from 'signalbox/models/index/index.sbx';
import wasm from 'signalbox/signalbox.wasm';
import { PROMPT, report } from './uses.js';

/** Serves every request. */
let router;

export default {
  async fetch() {
    router ??= Router.load({ embedder, index, wasm });
    return Response.json(await report({ Router: async () => (await router).route(PROMPT) }));
  },
};
