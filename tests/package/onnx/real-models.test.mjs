// The real all-MiniLM-L6-v2, and all-mpnet-base-v2 if it is here, in Node.js: tokens, vectors, truncation, batches and
// pooling are those of the Python libraries.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfiguration } from '../../../dist/onnx/configuration.js';
import { TextTokenizer } from '../../../dist/onnx/tokens.js';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { MINILM, MPNET, realModel } from '../../onnx/real-models.mjs';
import {
  expectReference,
  filesWithReference,
  isPlausible,
  positionOf,
  referenceOf,
  TEXTS,
  TOLERANCE,
  textsFor,
  textsNamed,
} from '../../onnx/reference.mjs';
import { expectNothingOpen, refused } from '../support/fixtures.mjs';

/** Least cosine of a file's vectors to those of float32. */
const FAITHFUL = {
  [MINILM]: { 'onnx/model_quantized.onnx': 0.998 },
  [MPNET]: { 'onnx/model_signalbox.onnx': 0.995 },
};
const LIMITS = { [MINILM]: 256, [MPNET]: 384 };

const cosine = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
const vectorsOf = (embeddings) => embeddings.map(({ vector }) => Array.from(vector));

function expectClose(vector, expected) {
  const worst = Math.max(...expected.map((x, i) => Math.abs(x - vector[i])));
  assert.ok(worst <= TOLERANCE, `off by ${worst}`);
}

expectNothingOpen();

for (const model of [MINILM, MPNET]) {
  const { folder, skip } = await realModel(model);
  const reference = referenceOf(model);

  describe(model, { skip }, () => {
    const files = skip === undefined ? filesWithReference(folder, reference) : [];
    const float32 = reference.files.find(({ sha256 }) => sha256 === null);
    const texts = textsFor(model);

    it('has the tokens of the tokenizers library, cut to its limit', () => {
      const read = (name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
      const [config, settings] = [read('config.json'), read('tokenizer_config.json')];
      const given = {
        config,
        tokenizerConfig: settings,
        modules: read('modules.json'),
        pooling: read('1_Pooling/config.json'),
        sentenceBert: read('sentence_bert_config.json'),
      };
      const configuration = readConfiguration(given, {});
      assert.equal(configuration.maxTokens, LIMITS[model]);
      const tokenizer = new TextTokenizer(read('tokenizer.json'), settings, config, configuration);
      for (const [i, { name, text }] of TEXTS.entries()) {
        const { ids, truncated } = tokenizer.encode(text);
        assert.deepEqual({ ids, truncated }, reference.tokens[i], name);
      }
    });

    for (const known of files) {
      const { file } = known;
      describe(file, { skip: known.skip }, () => {
        let embedder;
        let embeddings;
        before(async () => {
          embedder = await OnnxEmbedder.load(folder, { file, manifest: null, threads: 1 });
          embeddings = await embedder.embed(texts.map(({ text }) => text));
        });
        after(() => embedder?.dispose());

        it('computes the vectors of the reference', () => {
          expectReference(embeddings, texts, reference, known);
          for (const { vector, tokens } of embeddings) {
            assert.ok(Math.abs(Math.hypot(...vector) - Number(tokens > 0)) < 1e-5, 'its length is 1 or 0');
          }
        });

        it('puts the paraphrase of a question, and the question with typos, nearest to it', () => {
          const [question, ...others] = vectorsOf(embeddings);
          const similarities = others.map((vector) => cosine(question, vector));
          const order = similarities.map((_, i) => i).sort((a, b) => similarities[b] - similarities[a]);
          const nearest = order.slice(0, 2).map((i) => texts[i + 1].name);
          assert.deepEqual(nearest.sort(), ['paraphrase', 'typos']);
        });

        it('computes the same vectors one text at a time, in any order', async () => {
          const some = textsNamed('code', 'markup', 'poem', 'empty', 'Russian', 'question').reverse();
          const together = vectorsOf(await embedder.embed(some.map(({ text }) => text)));
          for (const [i, { name, text }] of some.entries()) {
            const [alone] = vectorsOf(await embedder.embed([text]));
            const worst = Math.max(...alone.map((x, j) => Math.abs(x - together[i][j])));
            // Floating point sums depend on the shape of the batch; quantised texts are always alone.
            assert.ok(worst <= (file === 'onnx/model.onnx' ? 1e-5 : 0), `${name} is off by ${worst}`);
          }
        });

        const least = FAITHFUL[model][file];
        if (least !== undefined) {
          it(`has a cosine of at least ${least} to float32`, () => {
            for (const [i, { name }] of texts.entries()) {
              if (!isPlausible(name)) continue;
              const similarity = cosine(float32.vectors[positionOf(name)], embeddings[i].vector);
              if (embeddings[i].tokens > 0) assert.ok(similarity >= least, `${name}: ${similarity}`);
            }
          });
        }
      });
    }
  });
}

const minilm = await realModel(MINILM);

describe('a real model without the settings of sentence-transformers', { skip: minilm.skip }, () => {
  const FILE = 'onnx/model_quantized.onnx';
  const OPTIONS = { dtype: 'q8', manifest: null, threads: 1 };
  const known = referenceOf(MINILM).files.find(({ file }) => file === FILE);
  let bare;
  before(() => {
    bare = mkdtempSync(path.join(tmpdir(), 'signalbox-bare-'));
    for (const name of ['config.json', 'tokenizer.json', 'tokenizer_config.json']) {
      cpSync(path.join(minilm.folder, name), path.join(bare, name));
    }
    symlinkSync(path.join(minilm.folder, 'onnx'), path.join(bare, 'onnx'));
  });
  after(() => rmSync(bare, { recursive: true, force: true }));

  it('needs its pooling', async () => {
    await refused(OnnxEmbedder.load(bare, { ...OPTIONS, maxTokens: 256 }), 'bad_embedder', /pooling/);
  });

  for (const pooling of ['mean', 'cls', 'max']) {
    it(`pools by ${pooling}, and cuts where it is told`, async () => {
      const embedder = await OnnxEmbedder.load(bare, { ...OPTIONS, pooling, maxTokens: 16 });
      const [first, cut] = await embedder.embed(textsNamed('question', 'code').map(({ text }) => text));
      embedder.dispose();
      expectClose(first.vector, pooling === 'mean' ? known.vectors[0] : known[pooling]);
      assert.deepEqual([first.truncated, cut.tokens, cut.truncated], [false, 14, true]);
    });
  }
});
