/** Script of the worker of `buildInWorker` and its kin: `new Worker(new URL('signalbox/build-worker-entry', ...), { type: 'module' })`. */
import { type AddModelOptions, addModel } from './building/added-model.js';
import { type AnchorOptions, anchors } from './building/anchors.js';
import { buildFromFiles } from './building/build-files.js';
import { answerBuilds } from './building/build-server.js';
import type { NextLabelsOptions } from './planning/next-types.js';
import { nextLabels, plan } from './planning/plan-files.js';
import type { Source } from './types.js';
import { serveWorker } from './workers/answers.js';

/** Options as they arrive: with the index, and with an embedder that these calls do not need. */
type WithIndex<Options> = Options & { to: Source; embedder?: unknown };

/** Options of `nextLabels` as they arrive: with the number of prompts, and with what all calls have. */
type NextQuestion = Omit<NextLabelsOptions, 'files'> & {
  n: number;
  embedder?: unknown;
  wasm?: unknown;
  labWasm?: unknown;
};

serveWorker((port) =>
  answerBuilds(port, {
    build: buildFromFiles,
    plan,
    next: (files, options) => {
      const { n, embedder: _e, wasm: _w, labWasm: _l, ...rest } = options as NextQuestion;
      return nextLabels(n, { ...rest, files });
    },
    anchors: async (_files, options) => {
      const {
        to,
        embedder: _e,
        onProgress: _p,
        ...rest
      } = options as WithIndex<AnchorOptions> & { onProgress: unknown };
      return { rows: await anchors(to, rest) };
    },
    addModel: (files, options) => {
      const { to, embedder: _e, ...rest } = options as WithIndex<AddModelOptions>;
      return addModel(to, files, rest);
    },
  }),
);
