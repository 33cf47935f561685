// What the real sentence transformers read, on the twins of the default index: everyday prompts, also with typos and other
// words around them, are in coverage; other scripts, marks and random letters are unread.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { paraphrase } from '../../../dist/evaluation/paraphrase.js';
import { Router } from '../../../dist/index.js';
import { OnnxEmbedder } from '../../../dist/onnx.js';
import { MINILM, MPNET, realModel } from '../../onnx/real-models.mjs';
import { expectNothingOpen, root } from '../support/fixtures.mjs';
import { GIBBERISH, LANGUAGES, MARKS } from '../support/unread-texts.mjs';

const EVERYDAY = readFileSync(path.join(root, 'tests/fixtures/everyday.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map(JSON.parse);
const COVERED = EVERYDAY.filter(({ expect }) => expect === 'covered').map(({ prompt }) => prompt);
/** Without letters of Latin script that BERT's vocabulary lacks, and without formulas that have no letter. */
const READ = ['α² + β² = γ²', 'What does "你好，世界" mean?', 'wierd thign hapened, pls hlp', 'TP53 KRAS EGFR', 'tmux'];

for (const [name, model] of [
  ['minilm', MINILM],
  ['mpnet', MPNET],
]) {
  const { file, ...settings } = JSON.parse(readFileSync(path.join(root, `models/${name}/npm/weights.json`))).settings;
  const real = await realModel(model);
  const lacks = real.folder !== undefined && !existsSync(path.join(real.folder, file));
  const skip = lacks ? `skipped: ${model} has no ${file}` : real.skip;

  describe(`coverage with ${model}`, { skip }, () => {
    let router;
    before(async () => {
      router = await Router.load({
        index: path.join(root, `models/${name}/index-${name}.sbx`),
        embedder: () => OnnxEmbedder.load(real.folder, { ...settings, file, threads: 1, manifest: null }),
      });
    });
    after(() => router.dispose());
    expectNothingOpen();

    /** Returns the prompts whose decision has another reason for a fallback than expected. */
    async function otherThan(prompts, isExpected) {
      const decisions = await router.routeMany(prompts);
      return prompts.filter((_, i) => !isExpected(decisions[i].fallbackReason));
    }

    const isCovered = (reason) => reason === null || reason === 'low_confidence';
    for (const [what, prompts] of [
      ['everyday prompts', COVERED],
      ['everyday prompts with typos', COVERED.map((prompt, i) => paraphrase(prompt, 'typos', i) ?? prompt)],
      ['everyday prompts with polite words', COVERED.map((prompt, i) => paraphrase(prompt, 'politeness', i) ?? prompt)],
    ]) {
      it(`has ${what}`, async () => assert.deepEqual(await otherThan(prompts, isCovered), []));
    }

    it('reads letters of formulas, quotations, typos, names and abbreviations', async () =>
      assert.deepEqual(await otherThan(READ, (reason) => reason !== 'unread'), []));

    for (const [what, prompts] of [
      ['other scripts', Object.values(LANGUAGES)],
      ['marks', MARKS],
      ['random letters', GIBBERISH],
    ]) {
      it(`cannot read ${what}`, async () =>
        assert.deepEqual(await otherThan(prompts, (reason) => reason === 'unread'), []));
    }
  });
}
