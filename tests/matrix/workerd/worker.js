import { Router } from 'signalbox';
import config from 'signalbox/models/embedder/config.json';
import model from 'signalbox/models/embedder/model.safetensors';
import tokenizer from 'signalbox/models/embedder/tokenizer.json';
import index from 'signalbox/models/index/index.sbx';
import wasm from 'signalbox/signalbox.wasm';
import { decide, report } from './uses.js';

const embedder = { config, model, tokenizer };

export default {
  fetch: async () =>
    Response.json(await report({ Router: () => decide(() => Router.load({ wasm, index, embedder })) })),
};
