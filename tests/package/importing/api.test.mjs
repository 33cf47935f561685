// signalbox/build as a program uses it: files in, an index and a report out, with progress, a signal and a custom
// embedder.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  buildFromFiles,
  buildInWorker,
  DROP_REASONS,
  fileFromBytes,
  reportText,
  SOURCES,
} from '../../../dist/build.js';
import { Router } from '../../../dist/index.js';
import { expectNothingOpen } from '../support/fixtures.mjs';

expectNothingOpen();

const csv = () => {
  const lines = ['dataset,id,prompt,counts,knows'];
  for (let i = 0; i < 20; ++i)
    lines.push(`sums,${i},What is ${i} plus ${i}?,1,0`, `sea,${i},Which animal has ${i} arms?,0,1`);
  return new TextEncoder().encode(lines.join('\n'));
};
const files = () => [fileFromBytes('results.csv', csv())];

describe('buildFromFiles', () => {
  it('returns an index that routes, and a report', async () => {
    const steps = new Set();
    const { index, report, choices, unpriced } = await buildFromFiles(files(), {
      measure: true,
      name: 'mine',
      prices: { prices: [{ name: 'counts', in: 1, out: 2 }] },
      onProgress: ({ step, done, total }) => {
        steps.add(step);
        assert.ok(done <= total);
      },
    });
    assert.ok(steps.has('embedding 40 prompts') && steps.has('measuring alternatives'), [...steps].join());
    assert.match(reportText(report), /wide: 1 file, 40 rows x 2 models, 2 datasets/);
    assert.equal(choices.list[0].samePicks, 1);
    assert.deepEqual(unpriced, ['knows']);
    const router = await Router.load({ index });
    assert.equal((await router.route('What is 12 plus 30?')).model, 'counts');
    assert.equal(router.info.metadata.name, 'mine');
    router.dispose();
  });

  it('accepts files of a browser, with their own path or a given one', async () => {
    const file = new File([csv()], 'results.csv');
    const { report } = await buildFromFiles([file]);
    assert.equal(report.rows, 40);
    const line = JSON.stringify({ doc_id: 0, doc_hash: 'h', doc: { question: 'q' }, metrics: ['acc'], acc: 1 });
    const sample = { file: new File([line], 'x'), path: 'org__m/samples_t_2025-01-01T00-00-00.jsonl' };
    assert.equal((await buildFromFiles([sample])).report.models[0].name, 'org/m');
  });

  it("uses the caller's embedder, and leaves it open", async () => {
    let disposed = false;
    const embedder = {
      id: 'letters',
      dim: 2,
      embed: async (texts) =>
        texts.map((text) => ({ vector: Float32Array.of(text.length, 1), tokens: 1, truncated: false })),
      dispose: () => {
        disposed = true;
      },
    };
    const { index } = await buildFromFiles(files(), { embedder });
    assert.equal(disposed, false);
    const router = await Router.load({ index, embedder });
    assert.deepEqual(router.info.embedder, { id: 'letters', hash: '' });
    router.dispose();
  });

  it('stops at once on an abort in any step', async () => {
    await assert.rejects(buildFromFiles(files(), { signal: AbortSignal.abort() }), { code: 'aborted' });
    for (const at of ['detecting the source', 'embedding 40 prompts', 'searching neighbours']) {
      const stop = new AbortController();
      const onProgress = ({ step }) => step === at && stop.abort();
      await assert.rejects(buildFromFiles(files(), { signal: stop.signal, onProgress }), { code: 'aborted' }, at);
    }
  });

  it('returns the codes of errors', async () => {
    await assert.rejects(buildFromFiles([]), { code: 'invalid_argument' });
    await assert.rejects(buildFromFiles([fileFromBytes('x.bin', new Uint8Array(9))]), { code: 'invalid_argument' });
    await assert.rejects(buildFromFiles(files(), { dims: 1000 }), { code: 'invalid_argument' });
  });
});

it('buildInWorker runs in a thread of Node.js, and its errors come back', async () => {
  const { index } = await buildInWorker([new File([csv()], 'results.csv')]);
  assert.deepEqual(index, (await buildFromFiles([new File([csv()], 'results.csv')])).index);
  await assert.rejects(buildInWorker([]), { code: 'invalid_argument', message: /there are no files/ });
});

it('the lists of sources and reasons are exported', () => {
  assert.ok(SOURCES.includes('helm') && DROP_REASONS.includes('conflicting_score'));
});
